"""Where an index is (a course's folder or Milvus, or a shard of it), and where courses are."""

import json
import os
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from .errors import QuestionError

STORES = ("faiss", "milvus")
COURSE_FILE = "course.toml"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
ALL = "all"  # courses at once
RESERVED = frozenset({ALL, "models", "captions", "notes", "speech"})  # not the names of courses
# The course that is part of this package, and the default.
BUNDLED = next((Path(__file__).parent / "course").glob(f"*/{COURSE_FILE}")).parent


class Place(msgspec.Struct, frozen=True):
    """Where the index of a course lies.

    Attributes:
        folder: The index folder of the course; with Milvus, only the encoder is read from it.
        store: "faiss", files in the folder, or "milvus".
        uri: Where Milvus is: FILE.db or http://host:19530.
        root: The folder that contains the index folders of all courses.
        course: The name of the course, or ALL.
        courses: The folder that contains the user's courses.
    """

    folder: Path
    store: str
    uri: str
    root: Path
    course: str
    courses: Path

    def of_course(self, name: str) -> "Place":
        """Return the place of another course in the same folder."""
        return replace(self, folder=self.root / name, course=name)

    @property
    def is_milvus(self) -> bool:
        """Whether the chunks are in Milvus."""
        return self.store == "milvus"

    @property
    def is_all(self) -> bool:
        """Whether all courses are meant."""
        return self.course == ALL

    @property
    def shown(self) -> str:
        """The place as it is printed: the folder, or the URI without its password."""
        return without_password(self.uri) if self.is_milvus else str(self.folder)


class Shard(msgspec.Struct, frozen=True):
    """Part `number`, from 1, of a playlist cut into `of` parts by video id."""

    number: int = 1
    of: int = 1

    def has(self, video_id: str) -> bool:
        """Return whether a video is in this part; equal on every machine.

        >>> [Shard(n, 4).has("U8J32Z3qV8s") for n in (1, 2, 3, 4)].count(True)
        1
        """
        return zlib.crc32(video_id.encode()) % self.of == self.number - 1

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def read_place(  # noqa: PLR0913 (an argument for each thing that can be given)
    folder: Path | str | None = None,
    store: str = "",
    uri: str = "",
    course: str = "",
    environment: Mapping[str, str] = os.environ,
    writing: bool = False,
) -> Place:
    """Return where the index of a course lies; what is not given is read from the environment.

    The folder is CS25_INDEX, else index/ in the project, else index/ in this folder; the store is
    CS25_STORE, else "faiss"; the URI is CS25_URI; the course is CS25_COURSE, else the only one with
    an index, else the bundled one.

    Args:
        folder: It contains the index folders of all courses, or is that of one course.
        writing: Whether the index is to be built: then the bundled course is the default, whatever
            other courses have an index.

    Raises:
        QuestionError: There is no such store, or `course` cannot be the name of a course.

    >>> read_place("here", environment={"CS25_STORE": "milvus", "CS25_COURSE": "physics"}).folder
    PosixPath('here/physics')
    """
    store = store or environment.get("CS25_STORE", "") or "faiss"
    if store not in STORES:
        raise QuestionError(f"The store {store!r} is not one of {', '.join(STORES)}.")
    root = Path(folder or environment.get("CS25_INDEX") or default_folder())
    if course == ALL and (root / "CURRENT").exists():  # the folder of one course
        root = root.parent
    default = BUNDLED.name if writing and not _is_of_course(root) else ""
    found, name = _course_index(root, course or environment.get("CS25_COURSE", "") or default)
    if found == root and root.name == name:
        root = root.parent
    uri = uri or environment.get("CS25_URI", "")
    return Place(found, store, uri, root, name, courses_folder(root, environment))


def _course_index(root: Path, course: str) -> tuple[Path, str]:
    """Return the index folder of a course, and its name.

    Args:
        root: It contains the index folders of all courses, or is that of one course.
        course: A name; if empty, the only course with an index, else the bundled one.

    Raises:
        QuestionError: `course` cannot be the name of a course, or several courses have an index,
            the bundled one has none, and none is named.
    """
    if course == ALL:
        return root, ALL
    if course:
        check_name(course)
    if _is_of_course(root):
        name = _name_inside(root)
        if course in ("", name):
            return root, name
    if course:
        return root / course, course
    built = index_names(root)
    if len(built) == 1:
        return root / built[0], built[0]
    if len(built) > 1 and BUNDLED.name not in built:
        raise QuestionError(
            f"{root} has an index for each of these courses: {', '.join(built)}.\n"
            "Choose one with --course NAME or CS25_COURSE."
        )
    return root / BUNDLED.name, BUNDLED.name


def _is_of_course(root: Path) -> bool:
    """Return whether an index folder is that of one course, or of an earlier version."""
    return (root / "CURRENT").exists() or any(root.glob("*/manifest.json"))


def _name_inside(folder: Path) -> str:
    """Return the name of the course whose index folder this is."""
    for path in folder.glob("*/about.json"):
        try:
            return str(json.loads(path.read_bytes())["name"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return BUNDLED.name  # earlier versions had only this course


def index_names(root: Path) -> list[str]:
    """Return the names of the courses that have an index, in order."""
    return sorted(path.parent.name for path in root.glob("*/CURRENT") if is_name(path.parent.name))


def existing_courses(place: Place) -> list[str]:
    """Return the names of the courses that have a folder or an index, in order."""
    folders = (path.parent.name for path in place.courses.glob(f"*/{COURSE_FILE}"))
    return sorted({BUNDLED.name, *filter(is_name, folders), *index_names(place.root)})


def courses_folder(root: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder with the user's courses: CS25_COURSES, else courses/ beside the index.

    Args:
        root: The folder that contains the index folders of all courses.
    """
    return Path(environment.get("CS25_COURSES") or root.absolute().parent / "courses")


def course_folder(name: str, courses: Path) -> Path:
    """Return the folder of a course, which may not exist; the user's own comes first.

    Args:
        courses: The folder that contains the user's courses.
    """
    own = courses / name
    return BUNDLED if name == BUNDLED.name and not (own / COURSE_FILE).is_file() else own


def is_name(name: str) -> bool:
    """Return whether a text can be the name of a course.

    >>> is_name("kitchen-2"), is_name("../x"), is_name("all")
    (True, False, False)
    """
    return NAME.fullmatch(name) is not None and name not in RESERVED


def check_name(name: str) -> None:
    """Raise a QuestionError if a text cannot be the name of a course."""
    if is_name(name):
        return
    reason = ""
    if name in RESERVED:
        reason = " --course all means every course." if name == ALL else " The name is reserved."
    raise QuestionError(
        f"{name[:80]!r} cannot be the name of a course.{reason}\n"
        "Use small letters, digits, - and _, such as physics-101."
    )


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
