"""ingest/deck/match.py: videos match lectures by id, else by length with title or speaker."""

import json

import pytest
from conftest import DATA
from msgspec.structs import replace

from cs25search.course.read import load_course
from ingest.deck.match import Candidate, DeckLecture, match

FLOUR = DeckLecture(1, "Flour", ("Ada Miller",), 2400.0)
YEAST = DeckLecture(2, "Yeast: small and busy", ("Ben Brewer",), 2401.0)


def test_id_decides_whatever_title_and_length_say():
    lecture = DeckLecture(1, "Flour", (), 2400.0, video_id="aaaaaaaaaa1")
    found = match([Candidate("aaaaaaaaaa1", "Something else", 10.0)], [lecture])
    assert found.lectures["aaaaaaaaaa1"].number == 1


def test_the_ten_lectures_are_found_by_youtube_title_and_length_without_ids():
    course = load_course()
    lectures = [
        DeckLecture(one.number, one.title, one.speakers, one.deck_duration)
        for one in course.lectures
    ]
    titles = json.loads((DATA / "youtube-titles.json").read_text("utf-8"))
    videos = [
        Candidate(one.video_id, titles[one.video_id], one.duration) for one in course.lectures
    ]
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
    even = [DeckLecture(1, "Bread one", (), 2400.0), DeckLecture(2, "Bread two", (), 2400.0)]
    found = match([Candidate("aaaaaaaaaa1", "Bread", 2400.0)], even)
    assert not found.lectures
    assert "fits both" in found.doubts["aaaaaaaaaa1"]


def test_two_videos_that_could_be_one_lecture_are_reported():
    videos = [Candidate(f"aaaaaaaaaa{n}", "Flour", 2400.0) for n in (1, 2)]
    found = match(videos, [FLOUR])
    assert not found.lectures
    assert "aaaaaaaaaa2" in found.doubts["aaaaaaaaaa1"]


def test_second_upload_of_a_known_lecture_is_reported():
    lecture = DeckLecture(1, "Flour", (), 2400.0, video_id="aaaaaaaaaa1")
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


def videos_of(*titles, **facts):
    """Return videos with these titles, numbered from 1, of unknown length."""
    return [
        Candidate(f"aaaaaaaaaa{number}", title, 0.0, number=number, **facts)
        for number, title in enumerate(titles, 1)
    ]


def lectures_of(*titles, speakers=()):
    return [DeckLecture(number, title, speakers, 0.0) for number, title in enumerate(titles, 1)]


def numbers(found):
    return [found.lectures[video_id].number for video_id in sorted(found.lectures)]


def test_titles_decide_without_lengths_and_it_is_said():
    videos = videos_of("On salt and water", "Flour for beginners", "塩の科学")
    found = match(videos, lectures_of("Flour", "Knives", "塩の科学", "Salt and water"))
    assert numbers(found) == [4, 1, 3]
    assert found.remarks["aaaaaaaaaa1"].startswith("Matched to lecture 4 of the deck by title")


@pytest.mark.parametrize("speakers", [(), ("Ada Miller",)])
def test_title_that_fits_two_lectures_without_lengths_matches_none(speakers):
    videos = videos_of("Bread", about="With Ada Miller.")
    assert not match(videos, lectures_of("Bread one", "Bread two", speakers=speakers)).lectures


def test_order_decides_where_titles_cannot_be_compared_and_it_is_said():
    found = match(videos_of("Flour", "Salt", "Heat"), lectures_of("小麦粉", "塩", "熱"))
    assert numbers(found) == [1, 2, 3]
    assert "by order only" in found.remarks["aaaaaaaaaa2"]
    assert not found.doubts


def test_file_name_may_be_a_part_of_the_title_or_give_a_number():
    lectures = lectures_of(
        "Flour and water", "Emulsions: oil and water", "発酵：目に見えない料理人"
    )
    videos = [Candidate(f"file-{name}", name, 0.0) for name in ("emulsions", "発酵")]
    assert numbers(match(videos, lectures)) == [2, 3]
    names = ("Lecture 02", "第3回", "lecture-01 flour")
    found = match([Candidate(f"file-{name}", name, 0.0) for name in names], lectures)
    assert {video_id: one.number for video_id, one in found.lectures.items()} == {
        "file-Lecture 02": 2,
        "file-第3回": 3,
        "file-lecture-01 flour": 1,
    }


def test_numbers_without_words_are_an_order():
    videos = [Candidate(f"file-{number}", f"Lecture {number}", 0.0) for number in (10, 2, 1)]
    found = match(videos, lectures_of("Flour", "Salt", "Heat"))
    assert {video_id: one.number for video_id, one in found.lectures.items()} == {
        "file-1": 1,
        "file-2": 2,
        "file-10": 3,
    }


def test_order_completes_titles_of_the_same_order():
    videos = videos_of("Flour", "A talk", "Heat")
    assert numbers(match(videos, lectures_of("Flour", "Salt", "Heat"))) == [1, 2, 3]
    assert numbers(match(videos, lectures_of("Heat", "Salt", "Flour"))) == [3, 1]


@pytest.mark.parametrize(
    "videos",
    [
        videos_of("Flour", "Salt"),  # another count
        [*videos_of("Flour", "Salt"), Candidate("aaaaaaaaaa3", "Heat", 0.0)],  # place unknown
    ],
)
def test_order_says_nothing_about_another_count_or_unknown_places(videos):
    assert not match(videos, lectures_of("小麦粉", "塩", "熱")).lectures


def test_order_says_nothing_if_no_title_agrees():
    assert not match(videos_of("Flour", "Salt"), lectures_of("Attention", "Scaling")).lectures


def test_length_that_speaks_against_it_overrides_title_and_order():
    flour, salt = lectures_of("小麦粉", "塩")
    videos = videos_of("Flour", "Salt")
    late = replace(videos[1], duration=900.0)
    assert not match([videos[0], late], [flour, replace(salt, duration=960.0)]).lectures
    near = replace(late, from_cues=True)
    assert numbers(match([videos[0], near], [flour, replace(salt, duration=960.0)])) == [1, 2]
    assert not match([replace(late, title="Flour")], [FLOUR]).lectures


def test_length_alone_decides_only_for_videos_without_title():
    untitled = Candidate("aaaaaaaaaa1", "", 2399.0)
    found = match([untitled], [FLOUR])
    assert numbers(found) == [1]
    assert "by length only" in found.remarks["aaaaaaaaaa1"]
    assert not match([untitled], [FLOUR, YEAST]).lectures
    assert not match([replace(untitled, from_cues=True)], [FLOUR]).lectures


BREAD_SAID = "We knead the dough.\nFlour and yeast.\nFlour, then.\nThe yeast eats."
SALT_SAID = "We salt the dough.\nSalt and water.\nThe dough rests in water."


def test_videos_without_title_are_compared_by_what_is_said():
    lectures = [DeckLecture(1, "Flour", (), 2400.0), DeckLecture(2, "Salt and water", (), 2410.0)]
    videos = [
        Candidate("aaaaaaaaaa1", "", 2390.0, from_cues=True, spoken=SALT_SAID),
        Candidate("aaaaaaaaaa2", "", 2395.0, from_cues=True, spoken=BREAD_SAID),
        Candidate("aaaaaaaaaa3", "", 2395.0, from_cues=True, spoken="Let us talk of knives."),
    ]
    found = match(videos, lectures)
    assert numbers(found) == [2, 1]
    assert "by what is said" in found.remarks["aaaaaaaaaa1"]
    assert "aaaaaaaaaa3" not in found.doubts


def test_speech_does_not_count_beside_a_title():
    video = Candidate("aaaaaaaaaa1", "Gardening", 2390.0, from_cues=True, spoken=BREAD_SAID)
    assert not match([video], [FLOUR]).lectures


def test_title_with_the_name_of_the_series_is_the_lecture_of_that_title():
    titles = ("Vectors", "Vector spaces", "Products", "Products of vectors")
    lectures = [DeckLecture(n, title, (), 0.0) for n, title in enumerate(titles, 1)]
    videos = [
        Candidate(f"aaaaaaaaaa{n}", f"{title} | Chapter {n + 9}, Essence of algebra", 600.0)
        for n, title in enumerate(titles, 1)
    ]
    found = match(videos, lectures).lectures
    assert {one: lecture.number for one, lecture in found.items()} == {
        f"aaaaaaaaaa{n}": n for n in (1, 2, 3, 4)
    }
