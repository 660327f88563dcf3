"""Which sentences of which moments an answer shows."""

import re

import pytest

from benchmarks.answers import DANGLING
from cs25search.answers.definitions import DEFINES, IS_ABOUT, defined_term, grade
from cs25search.answers.passages import Passage
from cs25search.answers.spans import choose_spans, span_of, trim_end
from cs25search.course.read import load_course
from cs25search.question.read import read_question
from cs25search.records import Chunk, Hit, Video
from cs25search.text.sentences import split_sentences
from ingest.collect import collect

VIDEO = Video("abcdefghijk", "Scaling", (), 4000, 5)
# Openings that go on from something before them, or only announce what follows.
NEEDS_MORE = re.compile(
    r"^(?:Turning|Returning|Moving|Pressed|Pushed|Short of time|Recalling|Following up|Yes\b|His\b"
    r"|With \w+ minutes|After an? |The (?:same|earlier) )"
    r"|に交代し|の話に(?:移|戻)|^.{,20}(?:予告する|整理する|振り返る|同意する|区別する|まとめる)。$"
    r"|^そうではない|^続いて|彼は|彼の"
)


def moment(hit_index: int, score: float, *sentences: str, title: str = "Title", note: bool = True):
    """Return a hit with its passages."""
    chunk = Chunk(f"c{hit_index}", "abcdefghijk", 100.0 * hit_index, 100.0 * hit_index + 50,
                  " ".join(sentences), "note" if note else "transcript", title)  # fmt: skip
    hit = Hit(VIDEO, chunk, chunk if note else None, chunk.start, chunk.end, chunk.text, None,
              score, hit_index + 1)  # fmt: skip
    said = [Passage(text, chunk.start, chunk.end, hit_index, order, 0.5)
            for order, text in enumerate(sentences)]  # fmt: skip
    return hit, said


def shown(question: str, *moments) -> list[str]:
    hits = [hit for hit, _ in moments]
    return [
        span.text
        for span in choose_spans(read_question(question), hits, [p for _, s in moments for p in s])
    ]


def test_a_note_is_shown_from_its_first_sentence_in_its_own_order():
    one = moment(0, 9, "Routers run in float32.", "They are small.", title="The router")
    assert shown("Why?", one) == ["The router. Routers run in float32. They are small."]


@pytest.mark.parametrize(
    "opening",
    ["A student asks whether it is slower.", "Another listener objects that it costs.",
     "Someone wonders about size.", "Is it slower?", "So far this was theory."],
)  # fmt: skip
def test_what_a_listener_asked_and_transitions_are_left_out(opening):
    one = moment(0, 9, opening, "Only the router is cast.", title="Q&A: Is it slower?")
    assert shown("Is it slow?", one) == ["Is it slower? Only the router is cast."]
    assert shown("Is it slow?", moment(0, 9, opening)) == [f"Title. {opening}"]  # all there is


def test_japanese_opening_of_a_listener_is_left_out():
    opening = "学習が遅くならないのか、と学生が尋ねる。"
    hit, said = moment(0, 9, opening, "キャストするのはルータだけである。", title="Q&A")
    assert [p.text for p in span_of(hit, said, read_question("学習は遅くなる？")).passages] == [
        said[1].text
    ]


def test_a_long_note_ends_with_a_whole_sentence():
    one = moment(0, 9, *[f"Sentence {n} has {'many ' * 18}words." for n in range(5)])
    (text,) = shown("Why?", one)
    assert text.endswith("words.") and text.count("Sentence") == 3


def test_of_a_long_note_the_sentence_with_the_words_of_the_question_is_shown():
    many = [f"Sentence {n} has {'many ' * 18}words." for n in range(5)]
    (text,) = shown("Why dropout?", moment(0, 9, *many, "Dropout is higher."))
    assert text.startswith("Title. Sentence 2") and text.endswith("Dropout is higher.")


def test_no_note_of_the_course_is_cut():
    cut = [
        text
        for note in bundled_notes()
        for text in (note.text, note.text_ja)
        if sentences_of(note, text)[-1] != split_sentences(text)[-1]
    ]
    assert not cut


@pytest.mark.parametrize("field", ["text", "text_ja"])
def test_notes_of_the_course_begin_with_a_sentence_of_their_own(field):
    shown = [sentences_of(note, getattr(note, field))[0] for note in bundled_notes()]
    assert not [one for one in shown if DANGLING.match(one) or NEEDS_MORE.search(one)]


def bundled_notes() -> list[Chunk]:
    return [chunk for chunk in collect(load_course(), {}, None, {}).chunks if chunk.kind == "note"]


def sentences_of(note: Chunk, text: str) -> list[str]:
    """Return the sentences of a note that an answer shows."""
    said = [Passage(one, 0, 1, 0, order, 0.5) for order, one in enumerate(split_sentences(text))]
    hit = Hit(VIDEO, note, note, note.start, note.end, text, None, 1.0, 1)
    return [passage.text for passage in span_of(hit, said, read_question("Why?")).passages]


def test_a_heading_keeps_the_case_of_its_title():
    for title in ("bfloat16 training is unstable", "pass@k指標"):
        one = moment(0, 9, "So it is.", title=title)
        assert shown("Why?", one)[0].startswith(title)


def test_a_second_moment_needs_a_score_and_a_word_of_the_question_that_the_first_has_not():
    first = moment(0, 9, "The router runs in float32.")
    adds, repeats = (moment(1, 8, text) for text in ("Dropout is higher.", "The router again."))
    assert len(shown("router and dropout", first, adds)) == 2
    assert len(shown("router and dropout", first, repeats)) == 1
    long = moment(1, 8, *[f"Dropout is higher {n} times." for n in range(5)])
    assert shown("router and dropout", first, long)[1].count("times") == 2
    many = "router and dropout with seven other words that no moment has at all"
    assert len(shown(many, first, adds)) == 1
    weak, said = moment(1, 5, "Dropout is higher.")
    assert len(shown("router and dropout", first, (weak, said))) == 1


def test_a_definition_is_one_moment():
    first = moment(0, 9, "Pass@k is the chance that a sample is right.", title="A metric")
    uses = moment(1, 8.5, "A simple result.", title="Results")
    assert len(shown("What is pass@k in simple terms?", first, uses)) == 1
    assert len(shown("pass@k and simple results", first, uses)) == 2


def test_the_moment_with_the_number_of_what_is_counted_comes_first():
    disk = moment(0, 9, "Codex was trained on 160 GB of code.")
    size = moment(1, 8.5, "Codex has 12 billion parameters.")
    assert "12 billion" in shown("How many parameters does Codex have?", disk, size)[0]


def test_best_moment_speaks_even_with_a_score_below_zero():
    assert shown("Why?", moment(0, -1.0, "So it is."))


def test_captions_end_neither_with_the_nor_with_because():
    hit, said = moment(0, 9, "we cast only the router because the", note=False)
    assert span_of(hit, said, read_question("Why?")).passages[-1].text == "we cast only the router"
    assert trim_end("it is") == "it is"


@pytest.mark.parametrize(
    ("question", "term"),
    [("What is an induction head?", "induction head"), ("what's GLOM", "GLOM"),
     ("What does GPT mean?", "GPT"), ("GLOMとは？", "GLOM"), ("誘導ヘッドって何？", "誘導ヘッド"),
     ("Why is it deep?", ""), ("なぜ速い？", "")],
)  # fmt: skip
def test_term_that_a_question_wants_defined(question, term):
    assert defined_term(question) == term


def test_defining_sentence_begins_with_its_term():
    japanese = "誘導ヘッド（induction head）とは、複製する頭である。"
    assert grade("誘導ヘッド", "定義", japanese) == DEFINES
    assert grade("induction head", "The induction head defined", "In those cases it is.") == DEFINES
    assert grade("offline reinforcement learning", "", "Offline RL removes trials.") == IS_ABOUT
    assert not grade("誘導ヘッド", "結果", "この図は誘導ヘッドを示す。")


def test_an_answer_begins_with_the_sentence_that_defines():
    late = moment(
        0, 9, "Metrics differ.", "Pass@k is the chance that a sample is right.", title="M"
    )
    assert shown("What is pass@k?", late) == ["M. Pass@k is the chance that a sample is right."]
    assert shown("Why pass@k?", late)[0].startswith("M. Metrics differ.")
