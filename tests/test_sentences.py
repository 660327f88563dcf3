"""Where sentences end, in both languages."""

import pytest

from cs25search.course.read import load_course
from cs25search.text.sentences import ends_sentence, split_sentences
from ingest.collect import collect


@pytest.mark.parametrize(
    "sentence",
    ["Dr. Chen, Prof. Ng and J. K. Lee agree.", "See Fig. 3, Eq. 2 and No. 5, i.e. Figs. A and b.",
     "Vaswani et al. Say so vs. Google, cf. Sec. 3, approx. 4 pp. in all.",
     "架空のDr. Pérezが話す。", "講演者（J. K. Lee）がFig. 3で示す。",
     "Vaswani et al. Attentionを見る。",
     "「速い。」と言う。"],
)  # fmt: skip
def test_names_and_abbreviations_are_not_cut(sentence):
    assert split_sentences(f"{sentence} {sentence}") == [sentence, sentence]


def test_short_answers_and_names_that_end_in_a_capital_end_a_sentence():
    assert split_sentences("No. It is DALL-E. Then came Q&A. Yes.") == [
        "No.", "It is DALL-E.", "Then came Q&A.", "Yes."
    ]  # fmt: skip


def test_sentences_of_the_course_end_like_sentences():
    course = load_course()
    found = collect(course, {}, None, {})
    texts = [text for one in found.chunks for text in (one.text, one.text_ja)]
    texts += [text for one in found.entries for text in (one.text, one.text_ja)]
    inner = [one for text in texts for one in split_sentences(text)[:-1]]
    assert len(inner) > 1500
    assert not [one for one in inner if not (one.endswith(("。", "？")) or ends_sentence(one))]
