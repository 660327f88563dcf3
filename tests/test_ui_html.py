"""HTML of the pages: links that play here, the map, the cards, what is asked next."""

import pytest
from msgspec.structs import replace

from cs25search import Index
from cs25search.records import About, Chunk, Cue, Hit, Lecture, Slide, Video
from cs25search.ui.views import asks, html
from cs25search.ui.views.card import actions, card, slide_html
from cs25search.ui.views.html import Links
from cs25search.ui.views.map import course_map
from cs25search.ui.views.map_rows import map_rows
from cs25search.ui.views.texts import say

FLOAT32 = "Why does the router need float32?"
EN = Links("en", {"lang": "en"})
YOUTUBE = Video("abcdefghijk", "T", (), 100.0, 5)
FILE = Video("lecture-1-5f3a9c01d2", "T", (), 100.0, media="/media/one.mp4")
HOSTILE = '"><script>evil()</script>'


def test_time_on_youtube_is_a_link_that_works_without_script():
    shown = EN.play(YOUTUBE, 9.7, "0:09", tip=HOSTILE)
    assert shown.startswith('<a href="https://youtu.be/abcdefghijk?t=9" target="_blank"')
    assert "<script" not in shown


def test_time_of_another_recording_leads_to_its_page():
    shown = EN.play(FILE, 9.5, "0:09")
    assert 'href="lecture?lang=en&amp;video=lecture-1-5f3a9c01d2&amp;t=9"' in shown
    assert 'data-play="lecture-1-5f3a9c01d2" data-second="9.5"' in shown
    assert "data-play" not in EN.play(replace(FILE, media=""), 9.5, "0:09")


def test_text_to_copy_keeps_its_lines_and_is_escaped():
    shown = html.copy_button("Copy", f"one\ntwo {HOSTILE}")
    assert "one\ntwo &quot;&gt;&lt;script" in shown


@pytest.mark.parametrize("language", ["en", "ja"])
def test_map_has_a_row_for_each_lecture_that_speaks_of_it_and_a_line_for_the_others(
    index: Index, language
):
    links = Links(language, {})
    rows = map_rows(index, index.find(FLOAT32))
    shown = course_map(rows, links)
    speaking = [row for row in rows if row.is_about]
    assert [row.video.lecture for row in speaking] == [5]
    assert shown.count("<div data-row ") == 1
    assert "cs-level-0" not in shown and "cs-level-4" in shown
    assert shown.count("tabindex=-1") == shown.count("cs-bar ") - 2  # Tab reaches the best two
    assert say(language, "hardly", names="").rstrip() in shown
    assert {"en": "Lectures 1–4, Lectures 6–10", "ja": "第1～4回、第6～10回"}[language] in shown
    assert course_map(map_rows(index, index.find("???")), links) == ""


def test_card_plays_from_its_heading_and_marks_itself_while_it_plays(index: Index):
    hit = index.search(FLOAT32, 1)[0]
    shown = card(hit, index, FLOAT32, EN)
    assert 'data-at="582" data-end="624"' in shown
    assert "data-moment>9:42–10:24 · Why the router needs float32</a></h3>" in shown
    assert "<mark>router</mark>" in shown


def test_card_without_note_slide_or_youtube_leaves_them_out(index: Index):
    spoken = Chunk("c", FILE.video_id, 0, 9, HOSTILE, "transcript", cues=(Cue(0, 9, HOSTILE),))
    hit = Hit(FILE, spoken, None, 0.0, 9.0, HOSTILE, None, 1.0, 1)
    shown = card(hit, index, "evil", EN) + actions(hit, "en")
    assert "<script" not in shown and "<details" not in shown and "youtu" not in shown
    assert say("en", "copy_text") in shown and say("en", "copy_link") not in shown


def test_slide_of_a_card_names_its_author_only_for_the_decks_own_slides(index: Index):
    slide, deck = index.search(FLOAT32, 1)[0].slide, index.generation.about.deck
    assert "sadahry" in slide_html(slide, deck, "en", is_best=True)
    other = Slide(3, 5, "A", "B", "https://other.example?slide=3")
    assert "sadahry" not in slide_html(other, deck, "en", is_best=True)
    assert other.url in slide_html(other, deck, "en", is_best=True)


def test_summary_of_a_slide_is_open_beside_the_best_moment_and_folded_beside_others(index: Index):
    slide = index.search(FLOAT32, 1)[0].slide
    assert "<details" not in slide_html(slide, None, "en", is_best=True)
    assert slide.summary[:20] in slide_html(slide, None, "en", is_best=True)
    assert "<details" in slide_html(slide, None, "en", is_best=False)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_three_other_questions_are_answered_by_the_notes_that_were_found(index: Index, language):
    hits = index.search(FLOAT32, 5)
    others = asks.also_answered(hits, FLOAT32, language)
    assert len(set(others)) == 3
    known = [hit.note.asks_ja if language == "ja" else hit.note.asks for hit in hits if hit.note]
    for question in others:
        assert any(question in own for own in known)
    first = hits[0].note.asks[0]
    assert first not in asks.also_answered(hits, first, "en")


def test_questions_to_ask_next_are_escaped():
    assert "<script" not in asks.show_asks("Also", [HOSTILE])


def test_ids_of_videos_without_a_title_are_not_offered_as_examples():
    named = Lecture(1, "Salt", "aaaaaaaaaa1", title_ja="塩")
    untitled = Lecture(2, "aaaaaaaaaa2", "aaaaaaaaaa2")
    about = About("kitchen", "Kitchen", lectures=(named, untitled))
    assert asks.parts_to_try(about, "en") == ["Salt"]
    assert asks.parts_to_try(about, "ja") == ["塩"]
    assert asks.parts_to_try(About("kitchen", "Kitchen", lectures=(untitled,)), "en") == []
