"""Files kept in the index folder never stop the next ingest; they are printed literally.

All programs write cp932 here, as a redirected one does on Japanese Windows.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import DATA, copy_index
from poison import DECK, MARKS, captions

from ingest.captions.files import Origin, RawTrack, store_track
from ingest.deck.parse import stored_deck

TITLE = f"Zebra [/INST] {' '.join(mark for mark in MARKS if mark.isascii())}"


def run(*arguments: object, stdout: object = subprocess.PIPE) -> subprocess.CompletedProcess[bytes]:
    """Run a console program as Windows would, redirected."""
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        stdout=stdout,
        stderr=subprocess.PIPE,
        cwd=DATA,
        env=os.environ | {"CS25_INDEX": "", "PYTHONIOENCODING": "cp932", "PYTHONUTF8": "0"},
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def poisoned(small_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An index of hostile titles, chapters, captions and a deck, built by the real program."""
    folder = tmp_path_factory.mktemp("kept")
    index = copy_index(small_dir, folder / "index")
    name = "poisonpoiso.en.srt"
    origin = Origin("poisonpoiso", "local", name, "en", title=TITLE, duration=600.0,
                    chapters=((0.0, TITLE),))  # fmt: skip
    store_track(index / "captions", RawTrack(origin, captions().encode()))
    (folder / "deck.txt").write_text(DECK.replace(":smile: (10:00)", "[/INST] (10:00)"), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CS25_COURSES", str(small_dir.parents[1] / "courses"))
        done = run("ingest", "--offline", "--index", index, "--deck", folder / "deck.txt")
        assert_plain(done)
        assert done.returncode in (0, 3), done.stderr
        yield index


def assert_plain(done: subprocess.CompletedProcess[bytes]) -> str:
    """Assert that nothing printed is a traceback or a terminal code; return stdout."""
    assert b"Traceback" not in done.stderr
    texts = [stream.decode("cp932") for stream in (done.stdout or b"", done.stderr)]
    for text in texts:
        assert all(one.isprintable() or one in "\r\n" for one in text)
    return texts[0]


def test_a_deck_with_a_hostile_title_does_not_stop_the_next_ingest(poisoned):
    assert stored_deck(poisoned) is not None
    done = run("ingest", "--offline", "--index", poisoned)
    assert done.returncode in (0, 3)
    assert "[/INST]" in assert_plain(done)


@pytest.mark.parametrize(
    "command",
    [
        ("search", "zebra marmalade"),
        ("ask", "What does zebra marmalade ignore?"),
        ("ask", "What does zebra marmalade ignore?", "--markdown"),
        ("slides",),
        ("lectures", "--for", "zebra marmalade"),
        ("info",),
    ],
)
def test_commands_print_poison_as_text_in_cp932(poisoned, command):
    done = run("cs25search", *command, "--index", poisoned)
    assert done.returncode in (0, 1), done.stderr
    assert assert_plain(done)


def test_unusable_files_are_named_with_what_removes_them_and_skipped(small_copy):
    (small_copy / "captions").mkdir(exist_ok=True)
    (small_copy / "notes").mkdir(exist_ok=True)
    bad = {
        "deck.txt": b"no deck",
        "captions/brokenbroke.origin.json": b"{",
        "captions/endlessendl.origin.json": b'{"video_id":"endlessendl","kind":"local","name":'
        b'"endlessendl.en.srt","language":"en","duration":-1}',
        "notes/abcdefghijk.0.json": b'{"key":"another"}',
    }
    for name, content in bad.items():
        (small_copy / name).write_bytes(content)
    done = run("ingest", "--offline", "--index", small_copy)
    assert done.returncode == 3, done.stderr
    assert_plain(done)
    report = json.loads((small_copy / "last-ingest.json").read_bytes())
    cures = [row["what_to_do"] for row in report if row["cause"]]
    assert cures == [f"Remove it: rm {small_copy / name}" for name in
                     (*sorted(bad)[:2], "deck.txt", "notes/abcdefghijk.0.json")]  # fmt: skip
    for name in bad:
        (small_copy / name).unlink()
    assert run("ingest", "--offline", "--index", small_copy).returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    "command",
    [("cs25search", "search", "attention"), ("cs25search", "lectures"), ("cs25search", "--help"),
     ("ingest", "--help"), ("ingest", "--offline")],
)  # fmt: skip
def test_full_stdout_is_one_sentence_and_exit_code_two(small_copy, command):
    options = [] if command[-1] in ("--help", "lectures") else ["--index", small_copy]
    with Path("/dev/full").open("wb") as full:
        done = run(*command, *options, stdout=full)
    assert done.returncode == 2
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr and b"Exception" not in done.stderr


def test_reader_that_stops_changes_nothing(index_dir):
    for command in (["search", "attention", "--index", index_dir], ["lectures"], ["slides"]):
        read, write = os.pipe()
        os.close(read)
        done = run("cs25search", *command, stdout=write)
        os.close(write)
        assert (done.returncode, done.stderr) == (0, b"")
