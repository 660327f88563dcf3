"""Kept moments as Markdown, table and cards: labelled, linked, and harmless."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs25search.records import Chunk, Slide, Video
from cs25search.ui.views.kept import KeptMoment
from cs25search.ui.views.kept_export import (
    Described,
    describe,
    literal,
    to_anki,
    to_csv,
    to_markdown,
)

VIDEO = Video("abcdefghijk", "Scaling *it*", ("Ann Lee",), 4000, 5, "スケーリング")
NOTE = Chunk(
    "abcdefghijk:3723n", "abcdefghijk", 3723, 3790, "Routers need <float32>.", "note",
    title="Router", text_ja="ルータには<float32>が要る。", title_ja="ルータ",
    asks=("Why float32?",), asks_ja=("なぜfloat32？",),
)  # fmt: skip
SLIDE = Slide(18, 5, "A title", "A summary", "https://deck.example?slide=18", "題", "要約")
OWN = KeptMoment("abcdefghijk", 3723, 3790, 18, "=mine\nsecond <b>line</b>")
FULL = Described(OWN, VIDEO, NOTE, "so the router\tneeds", SLIDE)
BREAD = Video("bread-5f3a9c01d2", "#1 Bread", (), 90)
BARE = Described(KeptMoment(BREAD.video_id, 7, 9), BREAD, None, "", None)


def cards(text: str) -> list[list[str]]:
    """Read as Anki does: lines that begin with # are settings or comments."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return list(csv.reader(lines, delimiter="\t"))


def test_markdown_labels_own_words_notes_and_quotes():
    text = to_markdown([FULL, BARE], "My moments", "en")
    assert "## 1\\. Router" in text
    assert "[Lecture 5 · Scaling \\*it\\*, 1:02:03](https://youtu.be/abcdefghijk?t=3723)" in text
    assert "My note: \\=mine\n\nMy note: second \\<b\\>line\\</b\\>" in text
    assert "Study note: Routers need \\<float32\\>." in text
    assert "> so the router needs" in text
    assert "[Slide 18: A title](https://deck.example?slide=18)" in text
    assert "## 2\\. 0:07\n\n\\#1 Bread, 0:07" in text


def test_table_has_a_row_for_each_moment_and_no_formula():
    rows = list(csv.DictReader(io.StringIO(to_csv([FULL, BARE], "en"))))
    assert rows[0]["My note"] == "'=mine\nsecond <b>line</b>"
    assert rows[0]["Link"] == "https://youtu.be/abcdefghijk?t=3723"
    assert rows[0]["Question"] == "Why float32?" and rows[0]["Study note"].startswith("Routers")
    assert rows[1]["Lecture"] == "#1 Bread" and rows[1]["Link"] == ""


@given(st.text(), st.sampled_from("=+-@＝\t\r"))
def test_no_cell_is_a_formula(text, sign):
    assert literal(sign + text).startswith("'")
    assert literal(f" {sign}{text}").startswith("'")


def test_cards_ask_what_the_note_answers_and_lead_to_the_second():
    text = to_anki([FULL, BARE], "deep learning", "en")
    assert text.startswith("#separator:tab\n#html:true\n#tags column:3\n")
    (front, back, tags), (bare, bare_back, _) = cards(text)
    assert front == "Why float32?" and tags == "cs25search deep-learning"
    assert "<b>My note:</b> second &lt;b&gt;line&lt;/b&gt;" in back
    assert "<b>Study note:</b> Routers need &lt;float32&gt;." in back
    assert '<a href="https://youtu.be/abcdefghijk?t=3723">' in back
    assert '<a href="https://deck.example?slide=18">Slide 18: A title</a>' in back
    assert bare == "What is said in “#1 Bread” at 0:07?" and bare_back == "<p>#1 Bread, 0:07</p>"


def test_cards_in_japanese():
    front, back, _ = cards(to_anki([FULL], "cs25", "ja"))[0]
    assert front == "なぜfloat32？"
    assert "<b>学習メモ:</b> ルータには&lt;float32&gt;が要る。" in back and "スライド18: 題" in back


@pytest.mark.parametrize("text", ["#comment", 'a "b"\tc\nd', "a\u2028b"])
def test_any_text_stays_in_its_field(text):
    chunk = Chunk("x", "abcdefghijk", 1, 2, text, "note", asks=(text,))
    (row,) = cards(to_anki([Described(OWN, VIDEO, chunk, "", None)], text, "en"))
    assert len(row) == 3


def test_a_moment_is_described_from_the_index(index):
    about = describe(KeptMoment("U8J32Z3qV8s", 582, 624, 18), index)
    assert about.note.title == "Why the router needs float32"
    assert about.slide.number == 18 and about.link == "https://youtu.be/U8J32Z3qV8s?t=582"
    assert about.question("ja") != about.question("en")
    assert describe(KeptMoment("unknown", 1, 2), index) is None
    assert describe(KeptMoment("U8J32Z3qV8s", 582, 624, 2), index).slide is None  # of another one
    beyond = describe(KeptMoment("U8J32Z3qV8s", 80_000, 80_001), index)
    assert beyond.note is None and beyond.quote == ""


def test_a_recording_on_the_web_is_linked_at_its_second():
    video = Video("bread-5f3a9c01d2", "Bread", (), 90, media="https://example.org/bread.mp4")
    one = Described(KeptMoment(video.video_id, 7, 9), video, None, "", None)
    assert one.link == "https://example.org/bread.mp4#t=7"
