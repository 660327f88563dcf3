"""An index of the bundled course for all tests, built by the real console program."""

import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import filelock
import hypothesis
import pytest
from click.testing import CliRunner
from fake_llm import Server, serving
from msgspec.structs import replace

from cs25search import Index, open_index
from cs25search.course.read import load_course
from cs25search.index.explanations import no_explanations
from cs25search.index.generation import EXPLANATIONS
from cs25search.place import BUNDLED
from cs25search.ranking.source import LocalSource

DATA = Path(__file__).parent / "data"
hypothesis.settings.register_profile("busy", deadline=None)  # a busy machine is no fault
hypothesis.settings.load_profile("busy")
# A busy machine would fail these; they run alone, in make fuzz.
measures_time = pytest.mark.skipif(
    "CS25_FUZZ_EXAMPLES" not in os.environ, reason="measures processor time: make fuzz"
)


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a console program as a user would, from another folder than the project."""
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=DATA,
        env=os.environ | {"CS25_INDEX": "", "PYTHONUTF8": "1"} | environment,
        timeout=300,
        check=False,
    )


def run_here(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a console program in this process, which takes a fraction of the time of `run`.

    For tests of what the program does; those of the process itself, of its start, its locks and
    its end, use `run`.
    """
    load_course.cache_clear()  # the files of a course may have changed since
    done = CliRunner().invoke(
        _main_of(str(arguments[0])),
        [*map(str, arguments[1:])],
        env={"CS25_INDEX": ""} | environment,
        prog_name=f"python -m {arguments[0]}",
    )
    load_course.cache_clear()
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


def _main_of(program: str) -> click.Command:
    return importlib.import_module(
        {"ingest": "ingest.__main__"}.get(program, "cs25search.cli")
    ).main


def copy_index(source: Path, target: Path) -> Path:
    """Copy an index; the weights of the encoder, its largest file, are shared."""

    def copy(one: str, other: str) -> None:
        (os.link if one.endswith(".onnx.data") else shutil.copy2)(one, other)

    return Path(shutil.copytree(source, target, copy_function=copy))


@pytest.fixture(scope="session", autouse=True)
def cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests leave nothing in the user's cache; the programs they start inherit this."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each of them compiles the project anew


@pytest.fixture(scope="session", autouse=True)
def packages_read_once() -> Iterator[None]:
    """AppTest reads the metadata of all installed packages at each page, most of its time."""
    with pytest.MonkeyPatch.context() as patch:
        if "streamlit.testing.v1" in sys.modules:  # imported by a test file
            scanner = importlib.import_module("streamlit.components.v2.manifest_scanner")
            once = cache(scanner.scan_component_manifests)
            patch.setattr(scanner, "scan_component_manifests", once)
        yield


@pytest.fixture(scope="session")
def index_dir(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """The index of the bundled course, built once for all test processes. Tests only read it.

    The previous run left its index in pytest's cache; ingest encodes only what has changed since.
    """
    mine = tmp_path_factory.getbasetemp()
    root = (mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine) / "built"
    kept = pytestconfig.rootpath / ".pytest_cache" / "courses"
    folder = root / BUNDLED.name
    kept.parent.mkdir(exist_ok=True)
    # Two runs of pytest, as in make test, build it once as well.
    with filelock.FileLock(kept.with_suffix(".lock")):
        if not (folder / "CURRENT").exists():
            if (kept / BUNDLED.name / "CURRENT").exists():
                shutil.copytree(kept, root)
            built = run("ingest", "--offline", "--index", root)
            assert built.returncode == 0, built.stderr
            live = (folder / "CURRENT").read_text("utf-8").strip()
            for manifest in folder.glob("*/manifest.json"):
                if manifest.parent.name != live:  # the index of the previous run
                    shutil.rmtree(manifest.parent)
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(root, kept)
    return folder


@pytest.fixture(scope="session")
def notes_only(index_dir: Path) -> Index:
    """The index of the bundled course without explanations: answers are made of its notes.

    As in every course without explanations.
    """
    index = open_index(index_dir)
    counts = index.generation.manifest.counts.copy()
    del counts[EXPLANATIONS]
    manifest = replace(index.generation.manifest, counts=counts)
    generation = replace(index.generation, manifest=manifest, read_explanations=no_explanations)
    return Index(index.path, LocalSource(generation), index.encoder)


@pytest.fixture
def index_copy(index_dir: Path, tmp_path: Path) -> Path:
    """A copy of the index for a test that changes or damages it."""
    return copy_index(index_dir, tmp_path / "index")


@pytest.fixture(scope="session")
def small_dir(tmp_path_factory: pytest.TempPathFactory, index_dir: Path) -> Path:
    """The index of the bundled course with the notes of lecture 5 only, beside its folder.

    For tests of ingest, which would otherwise rebuild the whole course each time.
    """
    mine = tmp_path_factory.getbasetemp()
    root = (mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine) / "small"
    folder = root / "index" / BUNDLED.name
    with filelock.FileLock(root.with_suffix(".lock")):
        if not (folder / "CURRENT").exists():
            own = Path(shutil.copytree(BUNDLED, root / "courses" / BUNDLED.name))
            for path in own.rglob("*.json"):
                if path.name not in ("05.json", "slides.json"):
                    path.unlink()
            folder.parent.mkdir()
            shutil.copytree(index_dir, folder)
            built = run(
                "ingest", "--offline", "--index", folder, CS25_COURSES=str(root / "courses")
            )
            assert built.returncode == 0, built.stderr
            live = (folder / "CURRENT").read_text("utf-8").strip()
            for manifest in folder.glob("*/manifest.json"):
                if manifest.parent.name != live:
                    shutil.rmtree(manifest.parent)
    return folder


@pytest.fixture
def small_copy(small_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small index; programs that are started see the small course."""
    monkeypatch.setenv("CS25_COURSES", str(small_dir.parents[1] / "courses"))
    return copy_index(small_dir, tmp_path / "index")


@pytest.fixture(scope="session")
def index(index_dir: Path) -> Index:
    """The same index, opened."""
    return open_index(index_dir)


@pytest.fixture
def server() -> Iterator[Server]:
    """A language model on this machine; it says GOOD unless a test sets `server.reply`."""
    with serving() as running:
        yield running
