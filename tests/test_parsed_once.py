"""Captions are parsed once in an ingest, however many files there are."""

from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from ingest import steps
from ingest.__main__ import main as ingest_command
from ingest.captions.encodings import decode
from ingest.captions.files import Origin, RawTrack, remove_track, store_track, stored_tracks
from ingest.youtube.details import Captions, Details
from ingest.youtube.fetch import Fetcher
from ingest.youtube.pull import pull

FILES = 300
SRT = "1\n00:00:01,000 --> 00:00:04,000\nThis is about dough number {number}.\n"


@pytest.fixture
def parsed(monkeypatch):
    """Return how often each text was parsed."""
    counts = Counter()

    def counting(data, source):
        counts[data] += 1
        return decode(data, source)

    monkeypatch.setattr("ingest.captions.parse.decode", counting)
    return counts


def test_hundreds_of_local_files_are_parsed_once_each(small_copy, parsed, monkeypatch, tmp_path):
    folder = tmp_path / "captions"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"dough{number:06}.srt").write_text(SRT.format(number=number), "utf-8")
    indexed = []
    monkeypatch.setattr(steps, "bring_up_to_date", lambda *given: indexed.extend(given[-1].chunks))
    options = ["--offline", "--index", str(small_copy), "--captions", str(folder)]
    done = CliRunner().invoke(ingest_command, options)
    assert done.exit_code == 0, done.output
    assert sum("dough number" in chunk.text for chunk in indexed) == FILES
    assert parsed == {path.read_bytes(): 1 for path in folder.iterdir()}


def test_kept_captions_are_read_once(small_copy, monkeypatch, tmp_path):
    for number in range(3):
        name = f"dough{number:06}.en.srt"
        origin = Origin(f"dough{number:06}", "local", name, "en")
        store_track(small_copy / "captions", RawTrack(origin, SRT.format(number=number).encode()))
    given = tmp_path / "dough000001.en.srt"
    given.write_text(SRT.format(number=1))
    reads, read = Counter(), Path.read_bytes

    def counting(path):
        reads[path] += 1
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", counting)
    monkeypatch.setattr(steps, "bring_up_to_date", lambda *given: None)
    options = ["--offline", "--index", str(small_copy), "--captions", str(given)]
    for _ in range(2):  # the first one writes the sidecar of the given file
        reads.clear()
        monkeypatch.setattr("ingest.captions.files._tracks", {})  # as in a new process
        done = CliRunner().invoke(ingest_command, options)
        assert done.exit_code == 0, done.output
    kept = {path: count for path, count in reads.items() if path.parent.name == "captions"}
    assert len(kept) >= 6  # three files, each with its sidecar
    assert set(kept.values()) == {1}


def test_kept_captions_that_changed_are_read_again(tmp_path):
    origin = Origin("dough000000", "local", "dough000000.en.srt", "en")
    for text in (b"one", b"two", b"six"):
        store_track(tmp_path / "kept", RawTrack(origin, b"one"))
        (tmp_path / "kept" / origin.name).write_bytes(text)
        assert stored_tracks(tmp_path / "kept")[origin.video_id].data == text


@pytest.mark.parametrize("by_another", [False, True])
def test_kept_captions_replaced_by_another_language_are_found(tmp_path, monkeypatch, by_another):
    kept = tmp_path / "kept"
    for language in ("en", "de"):
        origin = Origin("dough000000", "local", f"dough000000.{language}.srt", language)
        track = RawTrack(origin, language.encode())
        with monkeypatch.context() as patch:
            if by_another:  # another process writes, whose memory is not ours
                patch.setattr("ingest.captions.files._tracks", {})
            store_track(kept, track)
        assert stored_tracks(kept) == {origin.video_id: track}
    assert len([*kept.iterdir()]) == 2
    remove_track(kept, track)
    assert stored_tracks(kept) == {}


class Answering:
    """A client that has captions of every video."""

    name = "fake"

    def fetch_captions(self, video_id, wanted, above=None):
        return Captions(SRT.format(number=video_id).encode(), "manual", "en", self.name)

    def fetch_details(self, video_id):
        return Details(video_id, f"About {video_id}")


def test_fetched_captions_are_parsed_once_each(parsed, tmp_path):
    videos = [Details(f"dough{number:06}") for number in range(FILES)]
    fetcher = Fetcher(Answering(), Answering(), 0.0, print)
    fetched, failed = pull(fetcher, videos, tmp_path, ["en"], lambda _: None)
    tracks = stored_tracks(tmp_path, parsed=fetched)
    assert not failed
    assert [len(track.parsed.cues) for track in tracks.values()] == [1] * FILES
    assert set(parsed.values()) == {1}
    assert len(parsed) == FILES


def test_a_file_that_has_changed_is_parsed_again(parsed, tmp_path):
    origin = Origin("dough000001", "local", "dough000001.srt", "")
    old, new = (RawTrack(origin, SRT.format(number=number).encode()) for number in (1, 2))
    assert "number 1" in old.parsed.cues[0].text
    store_track(tmp_path, new)
    (track,) = stored_tracks(tmp_path, parsed=[old]).values()
    assert "number 2" in track.parsed.cues[0].text
    assert parsed == {old.data: 1, new.data: 1}
