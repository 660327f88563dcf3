"""Where an index lies: a folder, or the folder of its encoder and a Milvus."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from .errors import QuestionError

STORES = ("faiss", "milvus")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an index lies.

    Attributes:
        folder: The index folder; with Milvus, only the encoder is read from it.
        store: "faiss", files in the folder, or "milvus".
        uri: Where Milvus is: FILE.db or http://host:19530.
    """

    folder: Path
    store: str
    uri: str

    @property
    def is_milvus(self) -> bool:
        """Whether the chunks are in Milvus."""
        return self.store == "milvus"

    @property
    def shown(self) -> str:
        """The place as it is printed: the folder, or the URI without its password."""
        return without_password(self.uri) if self.is_milvus else str(self.folder)


def read_place(
    folder: Path | str | None = None,
    store: str = "",
    uri: str = "",
    environment: Mapping[str, str] = os.environ,
) -> Place:
    """Return where an index lies; what is not given is read from the environment.

    The folder is CS25_INDEX, else index/ in the project, else index/ in this folder; the store is
    CS25_STORE, else "faiss"; the URI is CS25_URI.

    Raises:
        QuestionError: There is no such store.

    >>> read_place("here", environment={"CS25_STORE": "milvus", "CS25_URI": "lectures.db"})
    Place(folder=PosixPath('here'), store='milvus', uri='lectures.db')
    """
    store = store or environment.get("CS25_STORE", "") or "faiss"
    if store not in STORES:
        raise QuestionError(f"The store {store!r} is not one of {', '.join(STORES)}.")
    chosen = folder or environment.get("CS25_INDEX") or default_folder()
    return Place(Path(chosen), store, uri or environment.get("CS25_URI", ""))


def without_password(uri: str) -> str:
    """Return a URI without the password in it.

    >>> without_password("http://anna:secret@host:19530"), without_password("lectures.db")
    ('http://host:19530', 'lectures.db')
    """
    try:
        parts = urlsplit(uri)
    except ValueError:  # not an address at all, but it may hold a password
        return uri.rpartition("@")[2]
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if parts.netloc else uri


def default_folder() -> Path:
    """Return index/ in the project, else in the current folder."""
    project = Path(__file__).resolve().parents[2]
    return (project if (project / "pyproject.toml").is_file() else Path.cwd()) / "index"
