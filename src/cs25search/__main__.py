"""python -m cs25search is the same as cs25search."""

from .cli import main

if __name__ == "__main__":
    main(prog_name="cs25search")
