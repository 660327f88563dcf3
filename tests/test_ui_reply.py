"""An answer as strings: numbers, chips, quotes, author, and why there is no answer."""

import pytest
from msgspec.structs import replace

from cs25search.records import Answer, Chunk, Citation, Sentence, Slide, Video
from cs25search.ui.views import reply
from cs25search.ui.views.html import Links
from cs25search.wording import label

EN, JA = Links("en", {"lang": "en"}), Links("ja", {"lang": "ja"})
VIDEO = Video("abcdefghijk", "Scaling *it*", ("Ann Lee",), 4000, 5, "スケーリング")
CITED = Citation(1, VIDEO, 582, 624.5, "The routers need float32.", None, "ルータにはfloat32。")
SAID = replace(
    CITED, quote="so we cast it", quote_ja="", kind="transcript",
    note=Chunk("n", "abcdefghijk", 582, 624, "Only the router is cast.", "note"),
)  # fmt: skip
ANSWER = Answer(
    "Why?", "answered", "It is.", (Sentence("It is.", (1,)),), (CITED,), probability=0.9
)
HOSTILE = '<style> <a href=javascript:evil()> " onclick="evil()" ![](http://evil.example/a.png)'


def test_each_sentence_is_followed_by_its_numbers_which_play_the_moment():
    said = [Sentence("It is [so](http://evil.example).", (1,)), Sentence("速い。", (2,))]
    shown = reply.prose(said, [CITED], EN)
    assert shown.count("<a ") == 1 and 'href="https://youtu.be/abcdefghijk?t=582"' in shown
    assert ">[1]</a> 速い。 [2]</p>" in shown
    assert reply.prose([], [], EN) == "<p></p>"  # a draft before its first sentence


def test_outline_is_a_list_that_plays_and_is_not_repeated_as_prose():
    parts = [
        replace(CITED, n=n, start=start, quote=f"Part {n}.", quote_ja="", kind="lecture")
        for n, start in ((2, 65), (3, 700))
    ]
    said = [Sentence("It is.", (1,)), *(Sentence(f"{p.time} {p.quote}", (p.n,)) for p in parts)]
    answer = replace(ANSWER, sentences=tuple(said), citations=(CITED, *parts))
    shown = reply.answer_html(answer, EN)
    assert shown.startswith("<p>It is. <a ") and shown.count("Part 2.") == 1
    assert '?t=65" target="_blank">1:05 Part 2.</a></li>' in shown
    assert list(reply.outline(answer).values()) == parts
    assert reply.is_whole(replace(answer, citations=tuple(parts)))
    assert not reply.is_whole(answer)  # it cites a note


def test_hostile_text_is_escaped():
    slide = Slide(18, 5, HOSTILE, HOSTILE, "https://deck.example?slide=18")
    for shown in (
        reply.prose([Sentence(HOSTILE, (1,), HOSTILE)], [replace(CITED, quote=HOSTILE)], EN),
        reply.sources(
            [replace(CITED, kind="slide", slide=slide, link=slide.url, quote=HOSTILE)], EN
        ),
        reply.sources([replace(SAID, quote=HOSTILE)], JA),
        reply.sources([replace(CITED, video=replace(VIDEO, lecture=None, title=HOSTILE))], EN),
        reply.answer_html(replace(ANSWER, sentences=(Sentence(HOSTILE, (1,), HOSTILE),)), EN),
        reply.byline(replace(ANSWER, model=HOSTILE), "en"),
        reply.byline(replace(ANSWER, remark=HOSTILE), "ja"),
    ):
        assert "<style" not in shown and '"evil' not in shown
        assert "&lt;style&gt;" in shown


def test_citation_says_number_time_and_lecture():
    assert reply.chip(CITED, "en") == "9:42 · Lecture 5 · Study note"
    assert reply.chip(SAID, "en").endswith("Lecture 5 · Captions")
    whole = replace(CITED, kind="lecture", start=0.0)
    assert reply.chip(whole, "en") == "0:00 · Lecture 5"  # neither a note nor captions
    assert ">[1] 9:42 · 第5回 · 学習メモ</a>" in reply.sources([CITED], JA)


def test_tip_of_a_note_is_labelled_and_in_the_readers_language():
    assert reply.tip(CITED, "en").endswith("\nStudy note: The routers need float32.")
    assert reply.tip(CITED, "ja").endswith("\n学習メモ: ルータにはfloat32。")
    assert reply.tip(replace(CITED, quote_ja=""), "ja").endswith("need float32.")
    assert "language model m:" in reply.tip(replace(CITED, model="m"), "en")


def test_only_speech_stands_in_quotation_marks():
    assert reply.tip(SAID, "en").endswith("\nSaid in the lecture: “so we cast it”")
    assert reply.tip(replace(SAID, quote="これです"), "ja").endswith("「これです」")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_slide_is_cited_by_its_number_and_opens_its_page(language):
    slide = Slide(18, 5, "T", "S", "https://deck.example?slide=18")
    cited = replace(CITED, kind="slide", slide=slide, link=slide.url)
    assert "18" in reply.chip(cited, language) and "9:42" not in reply.chip(cited, language)
    assert label("slide", language) in reply.tip(cited, language)
    shown = reply.sources([cited], Links(language, {}))
    assert 'href="https://deck.example?slide=18"' in shown and "data-away" in shown


def test_sides_of_a_comparison_are_told_apart():
    said = (Sentence("BERT: It reads.", (1,), "BERT"), Sentence("GPT: It writes.", (1,), "GPT"))
    shown = reply.answer_html(replace(ANSWER, sentences=said), EN)
    assert "<h3>BERT</h3><p>It reads." in shown and "<h3>GPT</h3><p>It writes." in shown
    assert "<h3>" not in reply.answer_html(ANSWER, EN)


@pytest.mark.parametrize(("language", "notes"), [("en", "study notes"), ("ja", "学習メモ")])
def test_byline_names_study_notes_only_if_one_is_cited(language, notes):
    assert notes in reply.byline(ANSWER, language)
    assert notes not in reply.byline(replace(ANSWER, citations=(SAID,)), language)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_byline_names_the_model_what_it_lost_and_why_extracts_stand_in(language):
    extracts = reply.byline(ANSWER, language)
    written = reply.byline(replace(ANSWER, model="gpt_x", dropped=1), language)
    failed = reply.byline(replace(ANSWER, remark="Extracts (401).", dropped=3), language)
    assert "gpt_x" in written and extracts not in written
    assert failed.startswith(extracts) and "(401)" in failed and "3" in failed
    assert len({extracts, written, failed}) == 3


@pytest.mark.parametrize("language", ["en", "ja"])
def test_refusals_are_worded_apart(language):
    partly = reply.no_claim(replace(ANSWER, status="partly"), language, [])
    never = reply.no_claim(replace(ANSWER, status="not_in_lectures"), language, [])
    not_here = reply.no_claim(replace(ANSWER, status="not_in_lectures"), language, [3])
    assert len({partly, never, not_here}) == 3
