"""python -m ingest over a playlist: the console program and both real clients, a fake YouTube.

make test takes two videos of each fate; with CS25_FAULTS=all, as in make faults, it takes five.
"""

import os
import signal
import subprocess
import sys
import time

import pytest
from conftest import DATA, run, run_here
from fake_youtube import AGE, BOT, GONE, NOT_HERE, PRIVATE, UNPLAYABLE, Talk, serve
from test_ingest import SRT, files, report

from cs25search import open_index
from cs25search.formats import hit_json

PLAYLIST = "PLfakefakefakefake"
COPIES = 5 if os.environ.get("CS25_FAULTS") == "all" else 2


@pytest.fixture
def youtube(tmp_path):
    with serve([], tmp_path) as fake:
        yield fake


def pull(youtube, index_dir, *arguments, program=run_here, **environment):
    options = ["cs25", "--proxy", youtube.address, "--sleep", "0", "--index", index_dir]
    if not any(one in arguments for one in ("--playlist", "--video")):
        options += ["--playlist", PLAYLIST]
    return program("ingest", *options, *arguments, **youtube.environment, **environment)


def hold(youtube, *talks):
    youtube.talks.clear()
    youtube.talks.update({talk.video_id: talk for talk in talks})


def talks_of_every_fate():
    """Return videos with the outcomes below, in order, as often as COPIES says."""
    fates = {
        "manual": {},
        "automatic": {"tracks": (("en", "asr"),)},
        "second client": {"tracks": (("en", "asr"),), "broken": "snippets"},
        "after two tries": {"fails_first": 2},
        "gone": {"playability": GONE},
        "private": {"playability": PRIVATE},
        "members": {"playability": UNPLAYABLE},
        "country": {"playability": NOT_HERE},
        "age": {"playability": AGE},
        "German only": {"tracks": (("de", "manual"),)},
    }
    return [
        Talk(f"talk{fate:03}n{copy:03}"[:11], f"Talk {copy} {name}", 600 + 60 * copy, **settings)
        for copy in range(COPIES)
        for fate, (name, settings) in enumerate(fates.items())
    ]


@pytest.mark.slow
def test_videos_of_mixed_fate(youtube, small_copy):
    talks = talks_of_every_fate()
    hold(youtube, *talks)
    done = pull(youtube, small_copy, program=run)
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    rows = report(small_copy)
    assert len(rows) == 10 + len(talks)
    sources = [rows[talk.video_id]["source"] for talk in talks[:10]]
    assert sources == ["manual", "automatic", "automatic", "manual"] + ["failed"] * 6
    causes = [rows[talk.video_id]["cause"] for talk in talks[4:10]]
    for cause, word in zip(
        causes, ("available", "private", "members", "country", "age", "only in de"), strict=True
    ):
        assert word in cause
    for talk in talks:
        row = rows[talk.video_id]
        assert talk.video_id in done.stdout
        assert row["minutes"] == talk.seconds / 60
        assert (row["cues"] == 3) != bool(row["what_to_do"])
    hits = open_index(small_copy).search("automatic and the number talk", k=10)
    assert any(hit.video.video_id == talks[11].video_id for hit in hits)
    assert set(youtube.hosts) == {"www.youtube.com:443"}

    # What was private is open now: a rerun asks for it and the other failures, for nothing else.
    failed = {talk.video_id for talk in talks if rows[talk.video_id]["source"] == "failed"}
    youtube.asked.clear()
    for talk in talks:
        talk.playability = None
        talk.tracks = (("en", "manual"),)
    again = pull(youtube, small_copy)
    assert again.returncode == 0, again.stdout
    assert youtube.asked_videos() == failed

    # Nothing is left to do: one list is read, and no byte written.
    youtube.asked.clear()
    before = files(small_copy)
    third = pull(youtube, small_copy)
    assert third.returncode == 0
    assert "cached" in third.stdout
    assert youtube.asked_videos() == set()
    assert files(small_copy) == before


def test_unchanged_playlist_writes_nothing_and_asks_only_for_the_list(youtube, small_copy):
    hold(youtube, Talk("aaaaaaaaaa1", "One"))
    assert pull(youtube, small_copy).returncode == 0
    before = files(small_copy)
    assert pull(youtube, small_copy).returncode == 0
    assert files(small_copy) == before


def test_a_block_ends_the_asking_and_says_what_to_do(youtube, small_copy):
    talks = [Talk(f"blocked{n:04}", f"Blocked {n}", playability=BOT) for n in range(12)]
    hold(youtube, Talk("openopenope", "Open"), *talks)
    done = pull(youtube, small_copy)
    assert done.returncode == 3
    assert "Cooling down" in done.stderr
    assert "not used again in this run" in done.stderr
    assert len(youtube.asked_videos()) <= 4  # two blocks for each client
    rows = report(small_copy)
    assert rows["openopenope"]["source"] == "manual"
    for talk in talks:
        assert "bot" in rows[talk.video_id]["cause"]
        assert "--cookies" in rows[talk.video_id]["what_to_do"]


def test_what_was_fetched_stays_when_the_playlist_is_gone(youtube, small_copy):
    hold(youtube, Talk("aaaaaaaaaa1", "Zebras", said="The zebra likes marmalade on toast."))
    assert pull(youtube, small_copy).returncode == 0
    youtube.playlist_alert = "The playlist does not exist."
    gone = pull(youtube, small_copy)
    assert gone.returncode == 1  # nothing of what was named
    assert "does not exist" in report(small_copy)[PLAYLIST]["cause"]
    assert open_index(small_copy).search("zebra marmalade")[0].video.video_id == "aaaaaaaaaa1"


def test_failed_refresh_keeps_the_captions_of_the_last_time(youtube, small_copy):
    hold(youtube, Talk("aaaaaaaaaa1", "Zebras", said="The zebra likes marmalade on toast."))
    assert pull(youtube, small_copy).returncode == 0
    youtube.talks["aaaaaaaaaa1"].playability = GONE
    again = pull(youtube, small_copy, "--refresh")
    assert again.returncode == 3
    row = report(small_copy)["aaaaaaaaaa1"]
    assert (row["source"], row["cues"]) == ("manual", 3)
    assert "no longer available" in row["cause"]
    assert open_index(small_copy).search("zebra marmalade")[0].video.title == "Zebras"


def test_refresh_takes_new_captions(youtube, small_copy):
    hold(youtube, Talk("aaaaaaaaaa1", "Zebras"))
    assert pull(youtube, small_copy).returncode == 0
    youtube.talks["aaaaaaaaaa1"].said = "Now it is about giraffes in pyjamas."
    assert pull(youtube, small_copy, "--refresh").returncode == 0
    hit = open_index(small_copy).search("giraffes in pyjamas")[0]
    assert hit.video.video_id == "aaaaaaaaaa1"


def test_local_file_wins_and_learns_title_and_length_from_the_playlist(
    youtube, small_copy, tmp_path
):
    hold(youtube, Talk("abcdefghijk", "Zebras on the road", 700))
    (tmp_path / "captions").mkdir()
    (tmp_path / "captions" / "abcdefghijk.en.srt").write_text(SRT, "utf-8")
    done = pull(youtube, small_copy, "--captions", tmp_path / "captions")
    assert done.returncode == 0, done.stdout
    assert youtube.asked_videos() == set()
    row = report(small_copy)["abcdefghijk"]
    assert (row["source"], row["title"], row["cues"]) == ("local", "Zebras on the road", 2)
    offline = run_here(
        "ingest", "--offline", "--captions", tmp_path / "captions", "--index", small_copy
    )
    assert offline.returncode == 0
    assert report(small_copy)["abcdefghijk"]["title"] == "Zebras on the road"


def test_single_video_by_its_address_and_no_playlist(youtube, small_copy):
    hold(youtube, Talk("aaaaaaaaaa1", "One"), Talk("aaaaaaaaaa2", "Two"))
    done = pull(youtube, small_copy, "--video", "https://youtu.be/aaaaaaaaaa2?t=7")
    assert done.returncode == 0, done.stdout
    assert youtube.asked_videos() == {"aaaaaaaaaa2"}
    assert report(small_copy)["aaaaaaaaaa2"]["title"] == "Two"


def test_single_video_that_cannot_be_had_is_exit_1_and_the_index_stands(youtube, small_copy):
    hold(youtube, Talk("aaaaaaaaaa1", "One", playability=GONE))
    generations = (small_copy / "CURRENT").read_text()
    assert pull(youtube, small_copy, "--video", "aaaaaaaaaa1").returncode == 1
    assert (small_copy / "CURRENT").read_text() == generations


def test_chapters_are_on_the_video_and_lead_the_chunks(youtube, small_copy):
    chapters = ((0, "Opening words"), (60, "The middle part"), (200, "Closing words"))
    talk = Talk("aaaaaaaaaa1", "Zebras", 900, chapters=chapters, said="zebra " * 70)
    hold(youtube, talk)
    assert pull(youtube, small_copy).returncode == 0
    generation = open_index(small_copy).generation
    video = next(one for one in generation.videos if one.video_id == "aaaaaaaaaa1")
    assert video.chapters == ((0.0, "Opening words"), (60.0, "The middle part"),
                              (200.0, "Closing words"))  # fmt: skip
    titles = {chunk.title for chunk in generation.chunks if chunk.video_id == "aaaaaaaaaa1"}
    assert titles <= {title for _, title in chapters}
    assert titles


def test_limit_takes_the_first_of_the_playlist(youtube, small_copy):
    hold(youtube, *[Talk(f"aaaaaaaaaa{n}", f"Talk {n}") for n in range(5)])
    assert pull(youtube, small_copy, "--limit", "2").returncode == 0
    assert youtube.asked_videos() == {"aaaaaaaaaa0", "aaaaaaaaaa1"}


def test_dry_run_tells_and_writes_nothing(youtube, small_copy, tmp_path):
    hold(youtube, Talk("aaaaaaaaaa1", "One"))
    before = files(small_copy)
    done = pull(youtube, small_copy, "--dry-run")
    assert done.returncode == 0
    assert "fetch     aaaaaaaaaa1  One" in done.stdout
    assert "1 videos would be fetched" in done.stdout
    assert files(small_copy) == before
    pull(youtube, tmp_path / "none", "--dry-run")
    assert not (tmp_path / "none").exists()


def test_other_language_is_fetched_beside_nothing_guessed(youtube, small_copy):
    hold(youtube, Talk("aaaaaaaaaa1", "Eins", tracks=(("en", "manual"), ("de", "asr"))))
    assert pull(youtube, small_copy).returncode == 0
    assert pull(youtube, small_copy, "--lang", "de").returncode == 0
    assert report(small_copy)["aaaaaaaaaa1"]["source"] == "automatic"


def test_playlist_in_two_languages_comes_clean(youtube, small_copy):
    said = "シマウマのルーターにはマーマレードの精度が必要です。"
    hold(
        youtube,
        Talk("aaaaaaaaaa0", "Japanese", tracks=(("ja", "manual"),), said=said),
        Talk("aaaaaaaaaa4", "English", said="The giraffe wears pyjamas at night."),
        Talk("aaaaaaaaaa8", "Both", tracks=(("en", "manual"), ("ja", "asr"))),
        Talk("aaaaaaaaaaA", "British", tracks=(("de", "manual"), ("en-GB", "asr"))),
    )
    done = pull(youtube, small_copy, "--lang", "ja,en")
    assert done.returncode == 0, done.stdout
    rows = [report(small_copy)[talk] for talk in youtube.talks]
    assert [row["source"] for row in rows] == ["manual", "manual", "automatic", "automatic"]
    assert not any(row["cause"] or row["remark"] for row in rows)
    kept = sorted(path.name for path in (small_copy / "captions").glob("*.json3"))
    assert kept == [
        "aaaaaaaaaa0.ja.json3", "aaaaaaaaaa4.en.json3", "aaaaaaaaaa8.ja.json3",
        "aaaaaaaaaaA.en-GB.json3",
    ]  # fmt: skip
    opened = open_index(small_copy)
    assert opened.search(said)[0].video.title == "Japanese"
    assert opened.search("giraffe in pyjamas")[0].video.title == "English"
    youtube.asked.clear()
    assert pull(youtube, small_copy, "--lang", "ja,en").returncode == 0
    assert youtube.asked_videos() == set()


def test_dubbed_captions_are_marked_where_shown_and_translations_never_taken(youtube, small_copy):
    dubbed = Talk(
        "aaaaaaaaaa0", "Zebras", said="The zebra likes marmalade on toast.", spoken="en",
        tracks=(("de", "asr"), ("en", "asr")), translations=("fr", "de", "en"),
    )  # fmt: skip
    hold(youtube, dubbed)
    translated = pull(youtube, small_copy, "--lang", "fr")
    assert translated.returncode == 1  # nothing of what was named
    assert "only in" in report(small_copy)[dubbed.video_id]["cause"]
    for wanted, kind in (("de", "dubbed"), ("original", "automatic")):
        done = pull(youtube, small_copy, "--lang", wanted)
        assert done.returncode == 0, done.stdout
        assert kind in done.stdout, done.stdout[-900:]
        assert report(small_copy)[dubbed.video_id]["source"] == kind
        hit = open_index(small_copy).search("zebra marmalade toast")[0]
        assert hit.video.video_id == dubbed.video_id
        assert hit_json(hit)["captions"] == f"{kind} captions"


@pytest.mark.parametrize("status", [429, 403, 500, 503])
def test_a_youtube_that_only_fails_is_asked_a_few_times(youtube, small_copy, status):
    hold(youtube, Talk("aaaaaaaaaa1", "One"))
    youtube.status = status
    done = pull(youtube, small_copy)
    assert done.returncode == 1
    assert len(youtube.asked) <= 12
    assert report(small_copy)[PLAYLIST]["what_to_do"]


def test_no_network_is_told_and_the_course_is_searchable(small_copy):
    done = run_here("ingest", "--proxy", "http://127.0.0.1:9", "--index", small_copy)
    assert done.returncode == 3
    assert "proxy" in done.stdout
    assert open_index(small_copy).search("attention")


@pytest.mark.slow  # test_ingest.py kills one too
@pytest.mark.parametrize("moment", ["fetching", "embedding"])
def test_killed_ingest_is_finished_by_the_next(youtube, small_copy, moment):
    said = " ".join(f"word{n}" for n in range(60))
    talks = [Talk(f"kill{n:07}", f"Talk {n}", said=f"{said} {n}") for n in range(12)]
    hold(youtube, *talks)
    youtube.slow = 0.05 if moment == "fetching" else 0.0
    before = (small_copy / "CURRENT").read_text()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "ingest", "cs25", "--playlist", PLAYLIST),
            *("--index", small_copy, "--proxy", youtube.address, "--sleep", "0"),
        ],
        cwd=DATA,
        env=os.environ | youtube.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    sidecars = 5 if moment == "fetching" else len(talks)
    while len(list(small_copy.glob("captions/*.origin.json"))) < sidecars:
        assert process.poll() is None
        time.sleep(0.01)
    if moment == "embedding":
        time.sleep(0.6)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (small_copy / "CURRENT").read_text() == before
    assert open_index(small_copy).search("attention")
    youtube.asked.clear()
    youtube.slow = 0.0
    done = pull(youtube, small_copy)
    assert done.returncode == 0, done.stdout
    assert len(youtube.asked_videos()) <= len(talks) - sidecars
    rows = report(small_copy)
    assert all(rows[talk.video_id]["cues"] == 3 for talk in talks)
    assert len(open_index(small_copy).generation.videos) == 10 + len(talks)


def test_usage_errors_exit_2_before_anything_is_asked(youtube, small_copy, tmp_path):
    for arguments in (
        ["--video", "https://evil.example/watch?v=aaaaaaaaaa1"],
        ["--playlist", "file:///etc/passwd"],
        ["--lang", "../en"],
        ["--cookies", tmp_path / "none.txt"],
    ):
        done = pull(youtube, small_copy, *arguments)
        assert done.returncode == 2, arguments
        assert done.stderr.startswith("Error: ")
    assert run_here("ingest", "--proxy", "file:///x", "--index", small_copy).returncode == 2
    assert youtube.hosts == []
