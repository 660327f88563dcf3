"""ingest/deck/parse.py: the text of a slide deck, including page content and wrapped lines."""

import pytest
from conftest import DATA, run_here
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from test_ingest import report

from cs25search import open_index
from cs25search.cli import lecture_text
from cs25search.course.read import load_course
from cs25search.errors import DeckError
from cs25search.records import Cue, Lecture, Video
from cs25search.wording import lecture_title
from ingest.captions.files import Origin, RawTrack, store_track
from ingest.captions.json3 import write_json3
from ingest.captions.parse import parse_captions
from ingest.collect import _as_listed, collect
from ingest.deck.match import DeckLecture
from ingest.deck.parse import parse_deck, read_deck
from ingest.report import table

BREAD = DATA / "decks" / "bread.txt"


@pytest.fixture
def deck():
    return read_deck(BREAD)


def with_deck(course, titles, deck_text):
    """Collect a course, recordings with these titles and lengths, and a deck."""
    tracks = {}
    for number, (title, end) in enumerate(titles.items(), 1):
        video_id = f"recording-{number:03}"
        data = write_json3([Cue(1.0, 4.0, "Welcome."), Cue(end - 5, end, "See you next week.")])
        origin = Origin(video_id, "local", f"{video_id}.en.json3", "en", title=title)
        tracks[video_id] = RawTrack(origin, data)
    return collect(course, tracks, parse_deck(deck_text), {})


def with_lectures(*lectures):
    """Return the bundled course with these lectures only, and no slides or notes."""
    course = load_course()
    about = replace(course.about, lectures=lectures)
    settings = replace(course.settings, about=about, recordings=())
    return replace(course, settings=settings, slides=(), notes=())


def without_lectures():
    return with_lectures()


def test_video_without_a_title_is_called_untitled_and_the_report_names_the_cure():
    data = write_json3([Cue(1.0, 4.0, "Welcome.")])
    tracks = {
        video_id: RawTrack(
            Origin(video_id, "local", f"{video_id}.en.json3", "en", title=title), data
        )
        for video_id, title in (("Iiv9R6BjxHM", ""), ("aircAruvnKk", "Networks"))
    }
    rows = {row.video.video_id: row for row in collect(without_lectures(), tracks, None, {}).rows}
    assert lecture_title(rows["aircAruvnKk"].video, "en").endswith(": Networks")
    assert rows["aircAruvnKk"].remark == ""
    untitled = rows["Iiv9R6BjxHM"]
    assert lecture_title(untitled.video, "en").endswith(": untitled (Iiv9R6BjxHM)")
    assert lecture_title(untitled.video, "ja").endswith("：無題（Iiv9R6BjxHM）")
    assert untitled.remark == "No title found; set title in course.toml."
    titles = next(column for column in table([untitled]).columns if column.header == "Title")
    assert list(titles.cells) == ["untitled (Iiv9R6BjxHM)"]


@pytest.mark.parametrize(
    ("title", "en", "ja"),
    [
        ("Lecture 5: Salt", "Lecture 5: Salt", "第5回：Salt"),
        ("第5回 塩", "Lecture 5: 塩", "第5回：塩"),
        ("Lecture 05", "Lecture 5", "第5回"),
        ("Lecture 5b", "Lecture 5: Lecture 5b", "第5回：Lecture 5b"),
        ("Lecture 6: Heat", "Lecture 5: Lecture 6: Heat", "第5回：Lecture 6: Heat"),
    ],
)
def test_number_of_a_lecture_is_said_once_although_its_title_has_it(title, en, ja):
    video = Video("aaaaaaaaaa1", title, (), 9.0, 5)
    assert (lecture_title(video, "en"), lecture_title(video, "ja")) == (en, ja)


def test_list_of_lectures_calls_one_without_a_title_untitled():
    assert "4   untitled (Iiv9R6BjxHM)" in lecture_text(Lecture(4, "Iiv9R6BjxHM", "Iiv9R6BjxHM"))


def test_contents_give_title_length_star_and_speakers(deck):
    assert deck.title == "Bread, from grain to crust"
    assert [(one.number, one.title, one.duration, one.recommended) for one in deck.lectures] == [
        (1, "Flour", 2400.0, False),
        (2, "Yeast: small and busy", 3944.0, True),
        (3, "Salt, water & time", 3310.0, False),
    ]
    assert [one.speakers for one in deck.lectures] == [
        ("Ada Miller", "Dora Stone"),
        ("Ben Brewer",),
        ("Cleo Waters",),
    ]


def test_slides_belong_to_the_lecture_in_their_heading(deck):
    assert [slide.number for slide in deck.slides] == [1, 2, 3, 4, 5, 6]
    assert [slide.lecture for slide in deck.slides] == [None, None, 1, 2, 2, None]


def test_titles_stand_at_begin_or_end(deck):
    assert deck.slides[0].title == "Why this deck?"
    assert deck.slides[3].title == deck.slides[4].title == "Yeast: small and busy"
    assert deck.slides[5].title == "Rest"


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("Contents 1. Vectors (9:52) 2. Abstract vector spaces (16:07)", "Contents"),
        ("1. Vectors (9:52) 2. Abstract vector spaces (16:07) Contents", "Contents"),
        ("1. Vectors (9:52) 2. Abstract vector spaces (16:07)", "Slide 2"),
        ("目次 1. ベクトル（9:52） 講演者：山田 花子 2. 空間（16:07）", "目次"),
        ("1. Vectors (9:52) 2. Spaces (16:07) Speaker: Ada Byron (Oxford) Contents", "Contents"),
    ],
)
def test_slide_that_lists_lectures_keeps_its_own_heading(words, title):
    deck = parse_deck(f"  1. Linear algebra\n  2. {words}\n")
    assert (deck.slides[1].title, deck.slides[1].lecture) == (title, None)
    assert [one.duration for one in deck.lectures] == [592, 967]


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("Contents 1. Flour 2. Salt 3. Heat", "Contents"),
        ("1. Flour 2. Salt 3. Heat", "Slide 2"),
        ("1. Flour 2. Salt 3. Heat Speaker: Ada Byron (Oxford)", "Slide 2"),
    ],
)
def test_slide_that_lists_lectures_without_lengths_keeps_its_own_heading(words, title):
    slides = "  3. 1. Flour • Gluten\n  4. 2. Salt • Water\n  5. 3. Heat • Crust\n"
    deck = parse_deck(f"  1. Kitchen\n  2. {words}\n{slides}")
    assert [one.title for one in deck.lectures] == ["Flour", "Salt", "Heat"]
    assert (deck.slides[1].title, deck.slides[1].lecture) == (title, None)


def test_words_are_whole_and_without_marks(deck):
    assert deck.slides[3].summary == "I liked.. • The foam was fun."
    assert deck.slides[4].summary == "• Rest the dough, it takes two hours."
    assert "4. of the five mills" in deck.slides[2].summary
    assert "furniture" not in deck.slides[5].summary


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 0, "first slide"),
        ("Transcript\n  1. a\n  3. b\n", 3, "found slide 3, expected slide 2"),
        ("  1. a\n  2. b\n", 0, "lists the lectures"),
    ],
)
def test_what_is_no_deck_is_told_with_its_line(text, line, reason):
    with pytest.raises(DeckError, match=reason) as caught:
        parse_deck(text, "deck.txt")
    assert (caught.value.source, caught.value.line) == ("deck.txt", line)


WITHOUT_LENGTHS = """Transcript
  1. 台所の科学 • 1. 混ぜる 2. 待つ 3. 焼く
  2. 1. パンの膨らみ 講演者：山田 花子（東都大学）、鈴木 一郎（みやこ食品） 2. ★ Salt

    and water Speaker: Ben Brewer (Brewery) 3. 発酵 スピーカー：マリー・キュリー 目次
  3. 1. パンの膨らみ • 2. は二倍に膨らむ。
  4. Why pasta needs it. 2. Salt and water
  5. 3. 発酵 講演者: 高橋 和子 • 乳酸菌
  6. 3. 発酵 Questions
"""


def test_contents_without_lengths_are_the_list_whose_titles_head_other_slides():
    deck = parse_deck(WITHOUT_LENGTHS)
    assert [(one.number, one.title, one.recommended) for one in deck.lectures] == [
        (1, "パンの膨らみ", False),
        (2, "Salt and water", True),
        (3, "発酵", False),
    ]
    assert {one.duration for one in deck.lectures} == {0.0}
    assert [slide.lecture for slide in deck.slides] == [None, None, 1, 2, 3, 3]


def test_speakers_are_read_in_both_languages_and_their_own_slide_comes_first():
    assert [one.speakers for one in parse_deck(WITHOUT_LENGTHS).lectures] == [
        ("山田 花子", "鈴木 一郎"),
        ("Ben Brewer",),
        ("高橋 和子",),
    ]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Speaker: Ada Byron (Oxford)", ("Ada Byron",)),
        ("Speaker Ada Byron (Oxford)", ("Ada Byron",)),
        ("Speakers: Ada Byron (Oxford), Max Müller (Bonn)", ("Ada Byron", "Max Müller")),
        ("Speakers：Ada Byron (Oxford) and Max Müller (Bonn)", ("Ada Byron", "Max Müller")),
        ("講演者：山田 花子（東都大学）", ("山田 花子",)),
        ("講演者: 山田花子 (東都大学)、鈴木一郎 (みやこ食品)", ("山田花子", "鈴木一郎")),
        ("スピーカー：マリー・キュリー（ソルボンヌ）", ("マリー・キュリー",)),
        ("Speaker: Ada Byron", ("Ada Byron",)),
        ("", ()),
    ],
)
def test_speakers_beside_lengths(line, names):
    deck = parse_deck(f"  1. 1. 小麦粉（40:00） {line} 2. Salt (1:05:44) Contents\n")
    assert [(one.title, one.duration) for one in deck.lectures] == [
        ("小麦粉", 2400.0),
        ("Salt", 3944.0),
    ]
    assert [one.speakers for one in deck.lectures] == [names, ()]


def test_unreadable_files_are_told(tmp_path):
    with pytest.raises(DeckError, match="cannot be opened"):
        read_deck(tmp_path / "none.txt")
    (tmp_path / "latin.txt").write_bytes("  1. a\n  2. Br\xf6tchen".encode("latin-1"))
    with pytest.raises(DeckError, match=r"line 2.*0xf6"):
        read_deck(tmp_path / "latin.txt")


@given(st.text(alphabet="12345. \n(:)（：）★*•ab講演者", max_size=400))
def test_any_text_is_a_deck_or_an_error(text):
    try:
        parse_deck(text)
    except DeckError as error:
        assert error.reason


def test_deck_gives_its_videos_slides_and_stays_without_the_option(small_copy, tmp_path):
    data = write_json3([Cue(5.0, 9.0, "The yeast makes the dough rise and foam over.")])
    origin = Origin("breadyeast1", "manual", "breadyeast1.en.json3", "en", title="Yeast with Ben "
                    "Brewer", duration=3943.0)  # fmt: skip
    store_track(small_copy / "captions", RawTrack(origin, data))
    done = run_here("ingest", "--offline", "--deck", BREAD, "--index", small_copy)
    assert done.returncode == 0, done.stderr
    assert "No video matches lecture 1 of the deck: Flour." in done.stderr
    assert report(small_copy)["breadyeast1"]["lecture"] == 12  # counted on from the bundled ten
    for _ in range(2):
        index = open_index(small_copy)
        hit = index.search("yeast makes the dough rise")[0]
        assert hit.slide is not None
        assert hit.slide.title == "Yeast: small and busy"
        assert len([slide for slide in index.generation.slides if slide.url]) == 33
        assert run_here("ingest", "--offline", "--index", small_copy).returncode == 0


def test_local_files_match_a_deck_by_the_length_of_their_captions(monkeypatch):
    parsed = []
    monkeypatch.setattr(
        "ingest.captions.files.parse_captions",
        lambda data, source: parsed.append(source) or parse_captions(data, source),
    )
    titles = {"Flour": 2391.0, "Salt and time": 3300.0}
    found = with_deck(load_course(), titles, BREAD.read_text("utf-8"))
    rows = {row.video.title: row.video for row in found.rows}
    assert [rows[title].duration for title in ("Flour", "Salt and time")] == [2391.0, 3300.0]
    assert rows["Flour"].speakers == ("Ada Miller", "Dora Stone")
    assert [one.number for one in found.unmatched] == [2]
    assert sorted(parsed) == ["recording-001.en.json3", "recording-002.en.json3"]


def test_wrong_deck_is_a_usage_error(small_copy, tmp_path):
    (tmp_path / "x.txt").write_text("hello")
    done = run_here("ingest", "--offline", "--deck", tmp_path / "x.txt", "--index", small_copy)
    assert done.returncode == 2
    assert "x.txt" in done.stderr


def test_lectures_of_a_deck_keep_their_numbers_in_a_course_without_others():
    found = with_deck(without_lectures(), {"Yeast": 3944.0}, BREAD.read_text("utf-8"))
    assert [row.video.lecture for row in found.rows] == [2]
    assert [slide.lecture for slide in found.slides] == [None, None, 2, 2, None]


def test_lectures_of_a_second_deck_follow_those_of_the_course():
    found = with_deck(load_course(), {"Yeast": 3944.0}, BREAD.read_text("utf-8"))
    assert found.rows[-1].video.lecture == 12
    assert {slide.lecture for slide in found.slides[-2:]} == {12}
    assert len(found.slides) == len(load_course().slides) + 2


def test_numbers_that_are_free_stay_beside_those_of_the_course():
    course = load_course()
    third = replace(
        course.lectures[0], number=3, title="Salt, water & time", speakers=("Cleo Waters",)
    )
    third = replace(third, duration=3310.0, deck_duration=3310.0)
    course = with_lectures(third)
    found = with_deck(course, {"Yeast": 3944.0}, BREAD.read_text("utf-8"))
    assert [row.video.lecture for row in found.rows] == [3, 2]


def test_video_known_by_its_id_only_is_called_as_its_lecture():
    video = Video("recording-001", "recording-001", (), 0.0)
    lecture = DeckLecture(2, "Yeast", ("Ben Brewer",), 3944.0)
    named = _as_listed(replace(video, speakers=("Visitor",)), video, lecture)
    assert (named.title, named.speakers, named.lecture) == ("Yeast", ("Ben Brewer",), 2)
    untitled = _as_listed(video, video, replace(lecture, title=""))
    assert untitled.title == "recording-001"  # better than nothing
