"""The text of a lecture: speech beside the note of the same time, in one or two languages."""

import re

import pytest
from msgspec.structs import replace

from cs25search.records import Chunk, Cue, Video
from cs25search.ui.views.html import Links
from cs25search.ui.views.transcript import Text, TextRow, rows_of, show_contents, show_text

VIDEO = Video("abcdefghijk", "T", (), 200.0, 5)
NOTES = [
    Chunk("a", "abcdefghijk", 10, 60, "One <b>.", "note", "First", "一つ目。", "最初", ("term",)),
    Chunk("b", "abcdefghijk", 60, 120, "Two.", "note", "Second", "二つ目。", "次", qa=True),
]
CUES = [Cue(2, 9, "before"), Cue(20, 30, "during one"), Cue(61, 70, "during <i> two")]
EN, JA = Links("en", {}), Links("ja", {})


def test_speech_stands_beside_the_note_of_its_time_also_before_the_first_one():
    rows = rows_of(NOTES, CUES, [])
    said = [[cue.text for paragraph in row.said for cue in paragraph] for row in rows]
    assert said == [["before", "during one"], ["during <i> two"]]
    assert [row.note for row in rows] == NOTES


def test_speech_without_notes_is_a_row_for_each_paragraph():
    rows = rows_of([], CUES, [60])
    assert [row.start for row in rows] == [2, 61] and not any(row.note for row in rows)


@pytest.mark.parametrize("punctuated", [range(0), range(5), range(20, 25)])
def test_speech_without_sentence_ends_has_a_play_link_every_half_minute(punctuated):
    cues = [Cue(4 * n, 4 * n + 4, "so." if n in punctuated else "so") for n in range(60)]
    rows = rows_of([], cues, [])
    assert sum((row.said[0] for row in rows), ()) == tuple(cues)
    long = [row for row in rows if row.end - row.start > 30]
    assert all(any(cue.text == "so." for cue in row.said[0]) for row in long)


def test_sentences_are_kept_together():
    cues = [Cue(10 * n, 10 * n + 10, "so." if n % 2 else "so") for n in range(12)]
    ends = [row.said[0][-1].text for row in rows_of([], cues, [])]
    assert ends == ["so."] * len(ends) and len(ends) == 3


@pytest.mark.parametrize(("view", "notes", "lines"), [
    ("both", 2, 3), ("notes", 2, 0), ("speech", 0, 3), ("languages", 4, 0),
])  # fmt: skip
def test_each_view_shows_its_sides(view, notes, lines):
    shown = show_text(Text(tuple(rows_of(NOTES, CUES, [])), view), VIDEO, JA)
    assert shown.count("data-group=note") == notes
    assert shown.count("data-group=speech") == lines
    assert ("One &lt;b&gt;." in shown) == (view == "languages")
    assert "<b>" not in shown and "<i>" not in shown


@pytest.mark.parametrize(("view", "times"), [("both", [10, 60]), ("speech", [2, 20, 61])])
def test_keys_step_through_the_notes_or_else_the_paragraphs(view, times):
    shown = show_text(Text(tuple(rows_of(NOTES, CUES, [])), view), VIDEO, EN)
    assert [int(one) for one in re.findall(r"t=(\d+)\"[^>]*data-note", shown)] == times


def test_found_words_are_marked_in_speech_note_and_terms():
    text = Text(tuple(rows_of(NOTES, [Cue(20, 30, "a Term")], [])), "both", "term")
    assert show_text(text, VIDEO, EN).count("<mark>") == 2


def test_speakers_are_named_where_they_change_and_escaped():
    cues = tuple(Cue(n, n + 1, "so", speaker="A<" if n < 2 else "B") for n in range(3))
    shown = show_text(Text((TextRow(None, (cues,)),), "speech"), VIDEO, EN)
    assert shown.count("<b>A&lt;:</b>") == 1 and shown.count("<b>B:</b>") == 1


def test_contents_are_links_with_their_second():
    shown = show_contents([(61.0, "<Two>")], replace(VIDEO, media=""), EN)
    assert 'href="https://youtu.be/abcdefghijk?t=61"' in shown and "1:01 &lt;Two&gt;" in shown
