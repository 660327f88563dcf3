"""transcripts.py: exported transcripts in each format."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs25search.errors import QuestionError
from cs25search.records import Cue, Video
from cs25search.transcripts import FORMATS, made_by, read_cues, read_span, write_transcript
from ingest.captions.parse import parse_captions

VIDEO = Video("U8J32Z3qV8s", "On *stripes*", (), 100.0, lecture=5)
RECORDING = Video("on-stripes-5f3a9c01d2", "On stripes", (), 100.0,
                  captions="automatic, whisper-base")  # fmt: skip
CUES = [
    Cue(1.0, 3.5, "Hello everyone.", speaker="Jane Doe"),
    Cue(3.5, 6.0, "Is x < y & z?", speaker="Bob van Dyk"),
    Cue(3661.25, 3662.0, "Yes.", speaker="Bob van Dyk"),
]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("1:30-2:45", (90.0, 165.0)),
        ("90-165.5", (90.0, 165.5)),
        ("1:00:00-", (3600.0, math.inf)),
        ("-60", (0.0, 60.0)),
        ("-", (0.0, math.inf)),
    ],
)
def test_span_is_two_times(text, span):
    assert read_span(text) == span


@pytest.mark.parametrize("text", ["", "5", "3:00-2:00", "a-b", "1-2-3", "1:2:3:4-5"])
def test_what_is_no_span_is_an_error_that_shows_one(text):
    with pytest.raises(QuestionError, match="1:30-2:45"):
        read_span(text)


@pytest.mark.parametrize("form", ["srt", "vtt"])
def test_caption_files_are_read_back_with_their_speakers(form):
    assert parse_captions(write_transcript(VIDEO, CUES, form)).cues == tuple(CUES)


WORD = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=9)


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.integers(1, 5000), st.lists(WORD, min_size=1, max_size=8)), min_size=1)
)
def test_any_words_survive_webvtt(said):
    cues, now = [], 0
    for length, words in said:
        cues.append(Cue(now / 1000, (now + length) / 1000, " ".join(words)))
        now += length + 1000
    written = parse_captions(write_transcript(VIDEO, cues, "vtt")).cues
    assert [(cue.start, cue.end, cue.text) for cue in written] == [
        (cue.start, cue.end, cue.text) for cue in cues
    ]


def test_markdown_links_each_time_and_names_a_speaker_once():
    text = write_transcript(VIDEO, CUES, "md")
    assert "# On \\*stripes\\*" in text
    assert "[0:01](https://youtu.be/U8J32Z3qV8s?t=1) **Jane Doe:** Hello everyone." in text
    assert "[1:01:01](https://youtu.be/U8J32Z3qV8s?t=3661) Yes." in text


def test_recording_has_no_links_and_says_what_made_its_captions():
    for form in FORMATS:
        text = write_transcript(RECORDING, CUES, form)
        assert "youtu" not in text
        assert form == "srt" or "whisper-base" in text
    assert json.loads(write_transcript(RECORDING, CUES, "json"))["url"] is None


def test_captions_of_people_are_not_marked():
    assert [made_by(Video("", "", (), 0.0, captions=kind)) for kind in ("", "manual", "local")] == [
        "", "", "",
    ]  # fmt: skip
    assert made_by(Video("", "", (), 0.0, captions="automatic")) == "automatic captions"


@pytest.mark.parametrize("form", ["txt", "md"])
def test_video_without_a_title_is_called_untitled(form):
    text = write_transcript(Video("U8J32Z3qV8s", "U8J32Z3qV8s", (), 9.0), CUES, form)
    assert "untitled (U8J32Z3qV8s)" in text.splitlines()[0].replace("\\", "")


def test_error_about_a_video_without_a_title_calls_it_untitled():
    with pytest.raises(QuestionError, match="of untitled \\(U8J32Z3qV8s\\)"):
        read_cues([], Video("U8J32Z3qV8s", "U8J32Z3qV8s", (), 9.0), 0, float("inf"))
