"""Notes and spoken words are distinguished in every form of an answer."""

import pytest
from msgspec.structs import replace

from cs25search.formats import (
    answer_json,
    answer_lines,
    answer_markdown,
    guide_lines,
    summary_json,
    summary_lines,
)
from cs25search.ranking.lectures import plain as outside_the_deck
from cs25search.records import Answer, Chunk, Citation, Entry, Guide, Pick, Sentence, Slide, Video
from cs25search.terminal import plain

VIDEO = Video("abcdefghijk", "Scaling", ("Ann Lee",), 4000, 5, "スケーリング")
NOTE = Citation(1, VIDEO, 582, 624.5, "The routers need float32.", None, "ルータにはfloat32。")
SAID = replace(
    NOTE, quote="so we cast it", quote_ja="", kind="transcript",
    note=Chunk("n", "abcdefghijk", 582, 624, "Only the router is cast.", "note", "Router",
               "ルータだけ。", "ルータ"),
)  # fmt: skip


def answer(citation: Citation, question: str = "Why?") -> Answer:
    return Answer(question, "answered", "It is. [1]", (Sentence("It is.", (1,)),), (citation,), 0.9)


def answer_text(answer: Answer) -> str:
    return plain(answer_lines(answer))


def test_summary_of_a_local_recording_names_its_file():
    video = Video("bread-5f3a9c01d2", "Bread", (), 90.0, media="/talks/bread.mp4")
    entry = Entry("lecture", 1, "", "", "Gluten.", "", (), (), outline=((5.0, "Flour", ""),))
    shown = plain(summary_lines(entry, video, video.duration, "en"))
    assert "\n/talks/bread.mp4\n" in shown and "http" not in shown
    found = summary_json(entry, video)
    assert (found["file"], found["outline"][0]["url"]) == ("/talks/bread.mp4", None)


def test_recording_on_another_site_is_linked_at_its_second():
    video = Video("bread-5f3a9c01d2", "Bread", (), 90.0, media="https://example.org/bread.mp4")
    citation = Citation(1, video, 5.5, 9.0, "Gluten.", None)
    answer = Answer("Why?", "partly", "Because.", (), (citation,), 0.5)
    shown = answer_json(answer)["citations"][0]
    assert shown["url"] == "https://example.org/bread.mp4#t=5" and "file" not in shown
    assert "https://example.org/bread.mp4#t=5" in plain(answer_lines(answer))
    assert "](https://example.org/bread.mp4#t=5)" in answer_markdown(answer)


@pytest.mark.parametrize("form", [answer_text, answer_markdown])
def test_note_has_a_label_and_neither_quotation_marks_nor_a_block_quote(form):
    shown = form(answer(NOTE))
    assert "Study note: The routers need float32" in shown
    assert "“" not in shown and "> " not in shown
    assert "学習メモ: ルータにはfloat32。" in form(answer(NOTE, "なぜ？"))


def test_speech_is_quoted_and_the_note_about_it_is_labelled_below():
    assert "“so we cast it”\n    Study note: Only the router is cast." in answer_text(answer(SAID))
    assert "> “so we cast it”\n" in answer_markdown(answer(SAID))
    assert "学習メモ: ルータだけ。" in answer_text(answer(SAID, "なぜ？"))


def test_json_says_of_each_citation_what_it_is():
    note, said = (answer_json(answer(one))["citations"][0] for one in (NOTE, SAID))
    assert (note["kind"], note["quote_ja"]) == ("note", "ルータにはfloat32。")
    assert (said["kind"], said["quote"]) == ("transcript", "so we cast it")
    assert said["note"]["text_ja"] == "ルータだけ。"


def test_slide_is_cited_by_its_number_and_has_no_time():
    slide = Slide(18, 5, "Scaling", "S", "https://deck.example?slide=18", "規模")
    cited = replace(NOTE, kind="slide", slide=slide, link=slide.url)
    shown = answer_text(answer(cited))
    assert "[1] Slide 18: Scaling\n    https://deck.example?slide=18\n" in shown
    assert "9:42" not in shown and "youtu" not in shown
    assert "スライド18: 規模" in answer_text(answer(cited, "なぜ？"))


def test_a_video_outside_the_deck_has_no_number_in_a_guide():
    lecture = outside_the_deck(replace(VIDEO, lecture=None))
    first, *_ = guide_lines(Guide(None, (Pick(lecture, "whole", 60.0, 0.0, ()),)), "scaling")
    assert first.text == "Scaling (1:06:40)"
