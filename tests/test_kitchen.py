"""tests/data/courses/kitchen: the invented course is sound, and its deck matches its lectures."""

import json
import tomllib

import pytest
from conftest import DATA

from ingest.captions.files import read_captions
from ingest.captions.ids import VIDEO_ID
from ingest.captions.parse import parse_captions
from ingest.deck.match import Candidate, match
from ingest.deck.parse import read_deck

KITCHEN = DATA / "courses" / "kitchen"
COURSE = tomllib.loads((KITCHEN / "course.toml").read_text("utf-8"))
LECTURES = {lecture["number"]: lecture for lecture in COURSE["lecture"]}
QUESTIONS = json.loads((DATA / "courses" / "kitchen-questions.json").read_text("utf-8"))


def cues_of(number):
    path = KITCHEN / LECTURES[number]["captions"]
    return parse_captions(path.read_bytes(), path.name)


@pytest.fixture(scope="module")
def deck():
    return read_deck(KITCHEN / COURSE["deck"]["file"])


@pytest.mark.parametrize(
    ("number", "kind"),
    [(1, "SRT"), (2, "WebVTT"), (3, "json3"), (4, "SBV"), (5, "SRT"), (6, "WebVTT")],
)
def test_captions_are_read_whole(number, kind):
    track = cues_of(number)
    assert track.kind == kind
    assert 25 <= len(track.cues) <= 40
    assert not track.skipped
    assert not track.remarks


def test_folder_gives_a_track_for_each_lecture():
    tracks, left_out = read_captions(KITCHEN / "captions", COURSE["language"].split(","))
    assert len(tracks) == len(LECTURES)
    assert not left_out
    origins = {track.origin.video_id: track.origin for track in tracks}
    assert origins[LECTURES[1]["video"]].duration == 214
    assert origins[LECTURES[1]["video"]].chapters[0] == (0.0, "Flour")
    assert origins[LECTURES[2]["video"]].title == "Salt, water and time"


def test_ids_could_be_of_youtube_and_one_recording_has_none():
    ids = [lecture.get("video") for lecture in LECTURES.values()]
    assert [number for number, one in enumerate(ids, 1) if one is None] == [4]
    assert all(VIDEO_ID.fullmatch(one) for one in ids if one)
    assert (KITCHEN / LECTURES[4]["media"]).is_file()


def test_deck_lists_the_lectures_without_lengths(deck):
    assert deck.title == "Kitchen Science: evenings for curious cooks"
    assert [one.number for one in deck.lectures] == sorted(LECTURES)
    assert {one.duration for one in deck.lectures} == {0.0}
    assert [one.number for one in deck.lectures if one.recommended] == [2, 5]
    assert [one.speakers for one in deck.lectures] == [
        ("Ada Miller",),
        ("Cleo Waters",),
        ("Ben Brewer",),
        ("Ben Brewer",),
        ("山田 花子",),
        ("山田 花子", "鈴木 一郎"),
    ]
    assert [slide.lecture for slide in deck.slides] == [None, None, 1, 2, 3, 4, 5, 5, 6, None]


def test_deck_matches_the_lectures_by_title_and_one_by_order(deck):
    videos = [
        Candidate(
            f"video-{number}",
            f"{lecture['title']} {lecture['title_ja']}",
            cues_of(number).cues[-1].end,
            from_cues=True,
            number=number,
        )
        for number, lecture in LECTURES.items()
    ]
    found = match(videos, deck.lectures)
    assert {video_id: one.number for video_id, one in found.lectures.items()} == {
        f"video-{number}": number for number in LECTURES
    }
    by_order = [video_id for video_id, why in found.remarks.items() if "by order" in why]
    assert by_order == ["video-4"]


def test_notes_belong_to_lecture_one():
    notes = json.loads((KITCHEN / "notes" / "01.json").read_text("utf-8"))
    assert (notes["deck_lecture"], notes["video_id"]) == (1, LECTURES[1]["video"])
    ends = [note["end"] for note in notes["notes"]]
    assert ends == sorted(set(ends))
    assert [note["start"] for note in notes["notes"]][1:] == ends[:-1]
    assert ends[-1] <= notes["duration_s"]


def test_answers_are_spoken_between_their_seconds():
    for question in QUESTIONS["questions"]:
        cues = cues_of(question["lecture"]).cues
        assert question["start"] in {cue.start for cue in cues}, question["q"]
        assert question["end"] in {cue.end for cue in cues}, question["q"]
