"""A generation of the index: what it holds, how it is built, written, read and published."""
