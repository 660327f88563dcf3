"""ingest/deck/match.py: videos match lectures by id, else by length with title or speaker."""

import pytest

from cs25search.course.read import load_course
from ingest.deck.match import Candidate, Lecture, match

FLOUR = Lecture(1, "Flour", ("Ada Miller",), 2400.0)
YEAST = Lecture(2, "Yeast: small and busy", ("Ben Brewer",), 2401.0)


def test_id_decides_whatever_title_and_length_say():
    lecture = Lecture(1, "Flour", (), 2400.0, video_id="aaaaaaaaaa1")
    found = match([Candidate("aaaaaaaaaa1", "Something else", 10.0)], [lecture])
    assert found.lectures["aaaaaaaaaa1"].number == 1


def test_the_ten_lectures_are_found_by_youtube_title_and_length_without_ids():
    course = load_course()
    lectures = [
        Lecture(one.number, one.title, one.speakers, one.deck_duration_s) for one in course.lectures
    ]
    videos = [Candidate(one.video_id, one.youtube_title, one.duration_s) for one in course.lectures]
    found = match(videos, lectures)
    assert {video_id: one.number for video_id, one in found.lectures.items()} == {
        one.video_id: one.number for one in course.lectures
    }
    assert not found.doubts


@pytest.mark.parametrize(("seconds", "number"), [(2398.0, 1), (2402.0, 1), (2397.9, None)])
def test_length_may_differ_by_two_seconds(seconds, number):
    found = match([Candidate("aaaaaaaaaa1", "All about flour", seconds)], [FLOUR])
    lecture = found.lectures.get("aaaaaaaaaa1")
    assert (lecture and lecture.number) == number


def test_two_lectures_of_one_length_are_told_apart_by_title_or_speaker():
    videos = [
        Candidate("aaaaaaaaaa1", "Evening one", 2400.0, about="With Ada Miller."),
        Candidate("aaaaaaaaaa2", "Small busy yeast", 2400.0),
    ]
    found = match(videos, [FLOUR, YEAST]).lectures
    assert (found["aaaaaaaaaa1"].number, found["aaaaaaaaaa2"].number) == (1, 2)


def test_same_length_alone_is_not_enough():
    found = match([Candidate("aaaaaaaaaa1", "Gardening", 2400.0)], [FLOUR])
    assert not found.lectures
    assert "title and speaker differ" in found.doubts["aaaaaaaaaa1"]


def test_title_that_fits_two_lectures_is_reported():
    even = [Lecture(1, "Bread one", (), 2400.0), Lecture(2, "Bread two", (), 2400.0)]
    found = match([Candidate("aaaaaaaaaa1", "Bread", 2400.0)], even)
    assert not found.lectures
    assert "fits both" in found.doubts["aaaaaaaaaa1"]


def test_two_videos_that_could_be_one_lecture_are_reported():
    videos = [Candidate(f"aaaaaaaaaa{n}", "Flour", 2400.0) for n in (1, 2)]
    found = match(videos, [FLOUR])
    assert not found.lectures
    assert "aaaaaaaaaa2" in found.doubts["aaaaaaaaaa1"]


def test_second_upload_of_a_known_lecture_is_reported():
    lecture = Lecture(1, "Flour", (), 2400.0, video_id="aaaaaaaaaa1")
    videos = [Candidate(f"aaaaaaaaaa{n}", "Flour", 2400.0) for n in (1, 2)]
    found = match(videos, [lecture])
    assert list(found.lectures) == ["aaaaaaaaaa1"]
    assert "which is aaaaaaaaaa1" in found.doubts["aaaaaaaaaa2"]


@pytest.mark.parametrize(
    ("last_cue", "number"), [(2405.0, 1), (2330.0, 1), (2280.0, 1), (2279.0, None), (2406.0, None)]
)
def test_captions_may_end_before_the_video(last_cue, number):
    video = Candidate("aaaaaaaaaa1", "All about flour", last_cue, from_cues=True)
    lecture = match([video], [FLOUR]).lectures.get("aaaaaaaaaa1")
    assert (lecture and lecture.number) == number


def test_end_of_captions_alone_is_neither_a_match_nor_a_doubt():
    found = match([Candidate("aaaaaaaaaa1", "Gardening", 2390.0, from_cues=True)], [FLOUR])
    assert not found.lectures
    assert not found.doubts
