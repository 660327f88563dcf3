"""Many workers write to one Milvus at once: real processes, a real server, one of them killed."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import DATA, run, run_here

from cs25search import open_index
from cs25search.course.read import load_course
from cs25search.errors import Cs25SearchError
from cs25search.formats import hit_json

pytest.importorskip("pymilvus", reason="needs pip install 'cs25search[milvus]'")
pytest.importorskip("milvus_lite", reason="needs pip install 'cs25search[milvus]'")

from cs25search.milvus.connection import Connection
from cs25search.place import Shard
from ingest.milvus import parse_shard

QUESTIONS = json.loads((DATA / "questions.json").read_text("utf-8"))["questions"][::4]
WORKERS = 4
LEAST_EQUAL = 0.98


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Milvus Lite as a server, one request at a time, as it requires for writers."""
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-c", "from milvus_lite.cmdline import main; main()", "server",
        "--data-dir", str(folder / "data"), "--host", "127.0.0.1", "--port", str(port),
        "--max-workers", "1",
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
def captions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Captions of a lecture and another video, in the words of the notes."""
    folder = tmp_path_factory.mktemp("captions")
    course = load_course()
    for lecture in course.lectures[:1]:
        notes = [note for note in course.notes if note.video_id == lecture.video_id]
        cues = [
            f"{n}\n{srt_time(note.start)} --> {srt_time(note.end - 0.1)}\n{note.text.lower()}\n"
            for n, note in enumerate(notes, start=1)
        ]
        (folder / f"{lecture.video_id}.en.srt").write_text("\n".join(cues), "utf-8")
    zebra = "1\n00:00:01,000 --> 00:00:09,000\nzebras need marmalade precision in the router\n"
    (folder / "abcdefghijk.en.srt").write_text(zebra, "utf-8")
    return folder


def srt_time(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02},{thousandths:03}"


@pytest.fixture(scope="module")
def on_disk(
    small_dir: Path, captions: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The same lectures and captions as an index on disk."""
    folder = Path(shutil.copytree(small_dir, tmp_path_factory.mktemp("disk") / "index"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CS25_COURSES", str(small_dir.parents[1] / "courses"))
        built = run("ingest", "--offline", "--index", folder, "--captions", captions)
        assert built.returncode == 0, built.stderr
        yield folder


def worker(folder: Path, uri: str, part: str) -> subprocess.Popen:
    """Start a worker as a user would."""
    command = [sys.executable, "-m", "ingest", "--offline", "--index", str(folder),
               "--store", "milvus", "--uri", uri, "--shard", part]  # fmt: skip
    return subprocess.Popen(
        command,
        cwd=DATA,
        env=os.environ | {"PYTHONUTF8": "1", "CS25_INDEX": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def kill_while_writing(process: subprocess.Popen, connection: Connection, shard: Shard) -> None:
    """Kill a worker whose first rows are in the store."""
    for _ in range(2400):
        assert process.poll() is None, process.stderr.read()
        for name in connection.generations():
            try:
                if connection.read(name, "chunks", f"shard == {shard.number}", ["id"], fresh=True):
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                    return
            except Cs25SearchError:
                continue  # its collections are being made
        time.sleep(0.05)
    raise AssertionError("the worker wrote nothing")


@pytest.mark.slow
def test_four_workers_write_at_once_and_a_killed_one_is_run_again(server, on_disk, captions):
    connection = Connection(server)
    whole = open_index(on_disk)
    sizes = [
        sum(Shard(n, WORKERS).has(chunk.video_id) for chunk in whole.generation.chunks)
        for n in range(1, WORKERS + 1)
    ]
    assert sum(sizes) == len(whole.generation.chunks)
    victim = Shard(sizes.index(max(sizes)) + 1, WORKERS)
    parts = [Shard(n, WORKERS) for n in range(1, WORKERS + 1)]
    started = {part: worker(on_disk, server, str(part)) for part in parts}
    kill_while_writing(started[victim], connection, victim)
    for part in parts:
        if part != victim:
            said = started[part].communicate(timeout=240)[1]
            assert started[part].returncode == 0, said
            assert "becomes live when" in said
    assert connection.live() is None
    again = worker(on_disk, server, str(victim))
    said = again.communicate(timeout=240)[1]
    assert again.returncode == 0, said
    assert "It is live." in said

    there = open_index(on_disk, whole.encoder, store="milvus", uri=server)
    counts, expected = there.generation.manifest.counts, whole.generation.manifest.counts
    assert counts == expected
    same = total = 0
    for question in QUESTIONS:
        for text in (question["q"], question["q_ja"]):
            one, other = ([hit_json(hit) for hit in x.search(text, 10)] for x in (whole, there))
            same += sum(a == b for a, b in zip(one, other, strict=False))
            total += max(len(one), len(other))
    assert same / total >= LEAST_EQUAL
    assert there.search("zebras need marmalade")[0].video.video_id == "abcdefghijk"
    video_id = load_course().lectures[0].video_id
    assert there.chunks_of(video_id, 60, 300) == whole.chunks_of(video_id, 60, 300)
    assert any(chunk.cues for chunk in there.chunks_of(video_id))


@pytest.mark.slow  # needs what the four workers wrote
def test_a_shard_that_is_up_to_date_writes_nothing(server, on_disk):
    connection = Connection(server)
    before = connection.generations()
    again = run("ingest", "--offline", "--index", on_disk, "--store", "milvus", "--uri", server,
                "--shard", "2/4")  # fmt: skip
    assert again.returncode == 0, again.stderr
    assert "up to date" in again.stderr
    assert connection.generations() == before


@pytest.mark.slow  # the same
def test_console_programs_ask_the_server(server, on_disk):
    environment = {"CS25_STORE": "milvus", "CS25_URI": server, "CS25_INDEX": str(on_disk)}
    info = run("cs25search", "info", **environment)
    assert info.returncode == 0, info.stderr
    assert server in info.stdout
    found = run("cs25search", "search", "zebras and marmalade", "--json", **environment)
    assert json.loads(found.stdout)["hits"][0]["video_id"] == "abcdefghijk"
    asked = run("cs25search", "ask", "Why does the router need float32?", "--json", **environment)
    assert json.loads(asked.stdout)["status"] == "answered"


@pytest.mark.parametrize("part", ["0/4", "5/4", "4", "a/b", "1/0", "-1/4"])
def test_a_shard_that_is_none_is_told(part):
    with pytest.raises(Cs25SearchError, match="is invalid"):
        parse_shard(part)


def test_shards_need_a_store_that_many_write_to(tmp_path):
    told = run_here("ingest", "--offline", "--index", tmp_path, "--shard", "1/4")
    assert told.returncode == 2
    assert "--store milvus --uri URI" in told.stderr


def test_an_unreachable_server_is_told_before_any_work(tmp_path):
    uri = "http://127.0.0.1:9"
    for told in (
        run_here("ingest", "--offline", "--index", tmp_path, "--store", "milvus", "--uri", uri),
        run_here("ingest", "--offline", "--index", tmp_path, CS25_STORE="milvus", CS25_URI=uri),
    ):
        assert told.returncode == 2
        assert "cannot be reached" in told.stderr
        assert "Traceback" not in told.stderr


def test_a_store_of_the_environment_that_is_none_is_told(tmp_path):
    for program in (("ingest", "--offline"), ("cs25search", "info")):
        told = run_here(*program, "--index", tmp_path, CS25_STORE="nowhere")
        assert told.returncode == 2
        assert "The store 'nowhere' is not one of faiss, milvus." in told.stderr


def test_check_is_for_files(tmp_path):
    told = run_here(
        "cs25search", "check", "--store", "milvus", "--uri", "x.db", "--index", tmp_path
    )
    assert told.returncode == 2
    assert "only works with index files" in told.stderr
