"""Read the JSON files of a course and check them."""

from pathlib import Path
from typing import TypeVar

import msgspec

from ..errors import DataError
from .settings import place_of

T = TypeVar("T")


def read_json(path: Path, kind: type[T]) -> T | None:
    """Return the contents of a file, None if there is none.

    Raises:
        DataError: It cannot be read, or is not JSON of the expected form.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DataError(path, "file", f"cannot be read ({error.strerror})") from error
    except msgspec.DecodeError as error:
        raise DataError(path, place_of(str(error)), str(error).split(" - at")[0]) from error


def no_blank(path: Path, place: str, record: object, *names: str) -> None:
    """Check that none of the fields is an empty text or contains one.

    Raises:
        DataError: One is or does.
    """
    for name in names:
        value = getattr(record, name)
        texts = (value,) if isinstance(value, str) else value
        if not all(text.strip() for text in texts):
            raise DataError(path, f"{place}, field {name}", "is empty")
