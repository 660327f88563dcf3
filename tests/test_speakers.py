"""Hits of a speaker are the moments in which captions name them, else the videos that list them."""

import pytest

from cs25search.errors import QuestionError
from cs25search.index.build import Content, build_generation
from cs25search.index.files import read_generation, write_generation
from cs25search.ranking.source import LocalSource
from cs25search.records import Chunk, Cue, Video
from cs25search.search import Index
from ingest.captions.files import Origin, RawTrack
from ingest.chunks import build_chunks
from ingest.collect import read_track
from ingest.encoder import DEFAULT_ENCODER, load_encoder
from ingest.report import VideoRow

MINUTE = 60.0
# What is said in each video, a minute apart: the speaker whom captions name, if any, and the words.
SAID = {
    "lesson": (
        ("", "Bread dough rises because yeast makes gas."),
        ("Ben Brewer", "As a guest I say that dough of rye hardly rises."),
        ("Ada Miller", "Thank you, and dough needs salt."),
        ("A listener", "How long does dough keep in the cold?"),
    ),
    "panel": (
        ("Dora Stone", "Dough has to rest."),
        ("Ben Brewer", "Dough for beer bread rests a whole day."),
        ("", "And this dough is here."),
    ),
    "plain": (("", "Some dough is sour."), ("", "Some dough is sweet.")),
}
LISTED = {"lesson": ("Ada Miller",), "panel": ("Dora Stone", "Ben Brewer"), "plain": ("Cleo Cook",)}
NAMED = {"lesson": ("Ben Brewer", "Ada Miller", "A listener"), "panel": LISTED["panel"]}


def chunks_of(name: str) -> list[Chunk]:
    cues = [
        Cue(i * MINUTE, i * MINUTE + 5, text, speaker=speaker)
        for i, (speaker, text) in enumerate(SAID[name])
    ]
    notes = [
        Chunk(f"{name}:n{i}", name, start, start + 2 * MINUTE, f"Dough and {name}.", "note")
        for i, start in enumerate((0.0, 2 * MINUTE))
    ]
    return [*(notes if name == "lesson" else []), *build_chunks(name, cues, name)]


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Index:
    folder = tmp_path_factory.mktemp("speakers")
    encoder = load_encoder(DEFAULT_ENCODER, folder / "models", True)
    videos = [
        Video(name, name, LISTED[name], 5 * MINUTE, voices=NAMED.get(name, ())) for name in SAID
    ]
    chunks = [chunk for name in SAID for chunk in chunks_of(name)]
    write_generation(folder, build_generation(Content(videos, chunks), encoder, DEFAULT_ENCODER))
    return Index(folder, LocalSource(read_generation(folder)), encoder)


@pytest.fixture(scope="module", params=["files", "milvus"])
def both(request, files, tmp_path_factory) -> Index:
    """The same index in files and in Milvus."""
    if request.param == "files":
        return files
    pytest.importorskip("pymilvus", reason="needs pip install 'cs25search[milvus]'")
    pytest.importorskip("milvus_lite", reason="needs pip install 'cs25search[milvus]'")
    from cs25search.milvus.connection import Connection
    from cs25search.milvus.read import MilvusSource, read_whole
    from cs25search.milvus.write import copy

    connection = Connection(str(tmp_path_factory.mktemp("milvus") / "talks.db"), create=True)
    copy(files.generation, files.encoder, connection)
    generation, head = read_whole(connection)
    source = MilvusSource(connection, generation, head, files.encoder)
    return Index(files.path, source, files.encoder)


def found(index: Index, speaker: str, **filters: str) -> list[tuple[str, int]]:
    """Return video and minute of each hit."""
    hits = index.search("dough", k=10, speaker=speaker, **filters)
    return sorted((hit.video.video_id, round(hit.chunk.start / MINUTE)) for hit in hits)


@pytest.mark.parametrize(
    ("speaker", "moments"),
    [
        ("brewer", [("lesson", 1), ("panel", 1)]),  # a guest, and one whom captions alone name
        ("Ada", [("lesson", 0), ("lesson", 2)]),  # listed, so she also says what has no name
        ("listener", [("lesson", 3)]),
        ("Dora", [("panel", 0)]),  # not listed, so what has no name is not hers
        ("Cleo", [("plain", 0), ("plain", 1)]),  # listed, and captions name nobody
    ],
)
def test_moments_of_a_speaker(both, speaker, moments):
    assert found(both, speaker) == moments


def test_notes_of_a_speaker_are_quoted_in_their_words(both):
    assert found(both, "brewer", kind="transcript") == found(both, "brewer")
    (note,) = both.search("dough", k=10, speaker="brewer", kind="note")
    assert note.note is not None and note.note.chunk_id == "lesson:n0"
    best = both.search("Dough and lesson", k=1, speaker="brewer")[0]
    assert [cue.speaker for cue in best.chunk.cues] == ["Ben Brewer"]


def test_unknown_speaker_is_an_error_that_lists_listed_and_named_ones(both):
    with pytest.raises(QuestionError, match="A listener, Ada Miller, Ben Brewer, Cleo Cook, Dora"):
        both.search("dough", speaker="Nobody")


def test_ingest_keeps_listed_speakers_and_those_whom_captions_name():
    said = b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ben Brewer>Dough of rye hardly rises.\n"
    track = RawTrack(Origin("talk", "local", "talk.vtt", ""), said)
    for listed, speakers in ((("Ada Miller",), ("Ada Miller",)), ((), ("Ben Brewer",))):
        row, _ = read_track(VideoRow(Video("talk", "Talk", listed, 60.0)), track)
        assert (row.video.speakers, row.video.voices) == (speakers, ("Ben Brewer",))
