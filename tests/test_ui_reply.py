"""An answer as strings: numbers, chips, quotes, author, and why there is no answer."""

from dataclasses import replace

import pytest

from cs25search.records import Answer, Chunk, Citation, Sentence, Slide, Video
from cs25search.ui.views import reply
from cs25search.ui.views.texts import say

VIDEO = Video("abcdefghijk", "Scaling *it*", ("Ann Lee",), 4000, 5, "スケーリング")
CITED = Citation(1, VIDEO, 582, 624.5, "The routers need float32.", None, "ルータにはfloat32。")
SAID = replace(
    CITED, quote="so we cast it", quote_ja="", kind="transcript",
    note=Chunk("n", "abcdefghijk", 582, 624, "Only the router is cast.", "note"),
)  # fmt: skip
ANSWER = Answer(
    "Why?", "answered", "It is.", (Sentence("It is.", (1,)),), (CITED,), probability=0.9
)
HOSTILE = "![](http://evil.example/a.png) [x](javascript:evil()) $x$ <style> :smile: #"


def test_each_sentence_is_followed_by_its_numbers_which_lead_to_our_links():
    said = [Sentence("It is [so](http://evil.example).", (1,)), Sentence("速い。", (2,))]
    shown = reply.prose(said, {1: CITED.url})
    assert shown.count("](") == 1
    assert "[&#91;1&#93;](https://youtu.be/abcdefghijk?t=582) 速い。 &#91;2&#93;" in shown


def test_hostile_text_shows_as_it_is():
    for shown in (
        reply.prose([Sentence(HOSTILE, (1,))], {}),
        *(text for _, text in reply.quoted(replace(CITED, quote=HOSTILE), "why", "en")),
        *(text for one in reply.quoted(replace(SAID, quote=HOSTILE), "why", "en") for text in one),
        reply.byline(replace(ANSWER, model=HOSTILE), "en"),
        reply.byline(replace(ANSWER, remark=HOSTILE), "ja"),
        reply.chip(replace(CITED, video=replace(VIDEO, lecture=None, title=HOSTILE)), "en"),
    ):
        for sign in ("](", "<", "$", ":smile:", "http://"):
            assert sign not in shown


def test_chip_says_number_time_and_lecture():
    assert reply.chip(CITED, "en") == "**&#91;1&#93;** 9:42 · Lecture 5 · Study note"
    assert reply.chip(CITED, "ja") == "**&#91;1&#93;** 9:42 · 第5回 · 学習メモ"
    assert reply.chip(SAID, "en").endswith("Lecture 5 · Captions")
    whole = replace(CITED, kind="lecture", start=0.0)
    assert reply.chip(whole, "en").endswith("0:00 · Lecture 5")  # neither a note nor captions
    assert reply.time_range(CITED) == "9:42–10:24"


def test_note_is_labelled_and_in_the_readers_language_with_words_marked():
    english = "The :yellow-background[**routers**] need float32&#46;"
    assert reply.quoted(CITED, "router", "en") == [("Study note", english)]
    assert reply.quoted(CITED, "", "ja") == [("学習メモ", "ルータにはfloat32。")]
    assert reply.quoted(replace(CITED, quote_ja=""), "router", "ja") == [("学習メモ", english)]
    assert reply.quoted(replace(CITED, model="m"), "", "en")[0][0].endswith("model m")


def test_only_speech_stands_in_quotation_marks_beside_the_note_about_it():
    assert reply.quoted(SAID, "", "en") == [
        ("Said in the lecture", "“so we cast it”"),
        ("Study note", "Only the router is cast&#46;"),
    ]
    assert reply.quoted(replace(SAID, note=None), "", "ja")[0][1] == "“so we cast it”"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_slide_is_cited_by_its_number_and_labelled(language):
    slide = Slide(18, 5, "T", "S", "https://deck.example?slide=18")
    cited = replace(CITED, kind="slide", slide=slide)
    assert "18" in reply.chip(cited, language)
    assert "9:42" not in reply.chip(cited, language)
    assert reply.quoted(cited, "", language)[0][0] == say(language, "about_slide")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_byline_names_the_model_what_it_lost_and_why_extracts_stand_in(language):
    extracts = reply.byline(ANSWER, language)
    written = reply.byline(replace(ANSWER, model="gpt_x", dropped=1), language)
    failed = reply.byline(replace(ANSWER, remark="Extracts (401).", dropped=3), language)
    assert "gpt&#95;x" in written and extracts not in written
    assert failed.startswith(extracts) and "&#40;401&#41;" in failed and "3" in failed
    assert len({extracts, written, failed}) == 3


@pytest.mark.parametrize("language", ["en", "ja"])
def test_refusals_are_worded_apart(language):
    partly = reply.no_claim(replace(ANSWER, status="partly"), language, [])
    never = reply.no_claim(replace(ANSWER, status="not_in_lectures"), language, [])
    not_here = reply.no_claim(replace(ANSWER, status="not_in_lectures"), language, [3])
    assert len({partly, never, not_here}) == 3
