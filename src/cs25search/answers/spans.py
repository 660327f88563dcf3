"""Choose the sentences of an answer.

A note is one thought, so it is shown from its first sentence on, without an opening that only
repeats what a listener asked. Its title comes first, because a pronoun in the first sentence may
refer to it. From captions, the passage that matches best is shown with one of its neighbours.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import msgspec
from msgspec.structs import replace

from ..question.read import Question
from ..records import Hit, Language, in_language
from ..text.japanese import is_japanese
from ..text.topic_words import topic_words
from ..text.words import STOP_WORDS
from .definitions import DEFINES, defined_term, grade
from .opening import has_wanted
from .passages import Passage

MOST_SENTENCES = 6  # of one moment
MOST_WORDS = 75  # of one moment
CHARACTERS = 3  # of Japanese that say as much as an English word: 3.25 in the bundled notes
MOST_BESIDE = 2  # sentences of a second moment
ADDS = (
    0.15  # least share of the question's words that a second moment adds, rare ones counting more
)
NEAR = 0.8  # also quote a second moment that scores at least this fraction of the best
NEAR_DEFINITION, NEAR_ABOUT = 0.5, 0.7  # for the second side of a comparison
MOST_SPOKEN = 60  # words of captions

_QUESTIONER = re.compile(
    r"^(?:(?:an?|one|another|the|the same|some) )?(?:[\w-]+ )?"
    r"(?:students?|listeners?|questioners?|newcomers?|attendees?|viewers?|audience|host)\b"
    r"|^(?:someone|somebody)\b|^[^.]*\?$|^a question that the captions miss",
    re.I,
)
_QUESTIONER_JA = re.compile(
    r"(?:学生|質問者?|聴講者|聴衆|初学者|司会者|別の人|参加者)(?:たち|ら|の一人)?[がは、]"
    r".*(?:尋ねる|質問する|質問が出る|問う|述べる|見る|指摘する|言う|懸念する|頼む|考える|疑問視する)。$"
    r"|(?:か|？)。?$|質問である。$|質問が出る。$|^字幕にない質問"
)
_TRANSITION = re.compile(
    r"^(?:so far|next they ask|the talk (?:turns|moves|now)|before that|after (?:a|the) break"
    r"|(?:he|she|they) jokes?\b|jok(?:es|ing)\b)",
    re.I,
)
_QA_TITLE = re.compile(r"^(?:Q ?& ?A|Q|質疑応答|質疑|質問)\s*[:：]\s*", re.I)
# Words with which a stretch of captions continues what was said before it, and those left out.
_CONTINUES = frozenset("which because that than or but then and whose where while".split())
_FILLERS = frozenset("so um uh and well okay ok like but".split())
# Words that may not end a quotation of captions.
_OPEN_END = STOP_WORDS | frozenset("because just like um uh very really kind also only".split())


class Span(msgspec.Struct, frozen=True):
    """Consecutive sentences of one moment.

    Attributes:
        hit_index: Index of their hit, from 0.
        lead: The title of the note; "" if there is none.
        passages: At least one.
    """

    hit_index: int
    lead: str
    passages: tuple[Passage, ...]

    @property
    def text(self) -> str:
        """The lead and all sentences as they are shown."""
        said = [passage.text for passage in self.passages]
        gap = "" if is_japanese("".join(said)) else " "
        return gap.join([with_lead(self.lead, said[0]), *said[1:]])


def choose_spans(
    question: Question,
    hits: Sequence[Hit],
    passages: Sequence[Passage],
    weights: Mapping[str, float] = MappingProxyType({}),
) -> list[Span]:
    """Return one or two spans from the moments found.

    The moment that counts, dates or names what is asked comes first, else the best one. A second
    moment is added only if it scores nearly as much and has words of the question that the first
    one lacks; of it, only the beginning is shown.

    Args:
        hits: Best first, at least one.
        passages: Of all hits, in order.
        weights: How rare each word of the question is; 1 for a word that is not there.
    """
    by_hit = [[p for p in passages if p.hit_index == hit_index] for hit_index in range(len(hits))]
    near = [
        hit_index for hit_index, hit in enumerate(hits)
        if by_hit[hit_index] and (hit_index == 0 or hit.score >= NEAR * hits[0].score)
    ]  # fmt: skip
    if not near:
        return []
    first = _answering(question, hits, by_hit, near)
    spans = [span_of(hits[first], by_hit[first], question)]
    if question.intent.counted and has_wanted(spans[0].text, question):
        return spans  # a second number would belong to something else
    if defined_term(question.text):
        return spans  # other moments only use the term
    question_words = {word: weights.get(word, 1.0) for word in topic_words(question.text)}
    said = set(topic_words(spans[0].text))
    least = ADDS * sum(question_words.values())
    for hit_index in near:
        if hit_index == first:
            continue
        other = span_of(hits[hit_index], by_hit[hit_index], question)
        added = question_words.keys() & set(topic_words(other.text)) - said
        if added and sum(question_words[word] for word in added) >= least:
            return [*spans, replace(other, passages=other.passages[:MOST_BESIDE])]
    return spans


def span_of(hit: Hit, passages: Sequence[Passage], question: Question) -> Span:
    """Return the sentences of a moment that are shown, beginning with one that defines.

    A note is shown whole if it is not too long; of a longer one, consecutive sentences that include
    the one with most words of the question.

    Args:
        passages: Of this hit, in order, at least one.
    """
    if hit.note is None:
        return Span(passages[0].hit_index, "", _spoken(passages))
    kept = list(passages)
    while len(kept) > 1 and not _opens(kept[0].text):
        del kept[0]
    title = note_title_of(hit, question.language)
    if term := defined_term(question.text):
        grades = [grade(term, "", passage.text) for passage in kept]
        if DEFINES in grades:
            kept = kept[grades.index(DEFINES) :]
    asked = set(topic_words(question.text))
    best = max(kept, key=lambda passage: len(asked & set(topic_words(passage.text))))
    shown = _fitting(kept)
    while best not in shown:
        del kept[0]
        shown = _fitting(kept)
    return Span(passages[0].hit_index, lead_line(title), tuple(shown))


def note_title_of(hit: Hit, language: Language) -> str:
    """Return the title of a hit's note in a language; "" without a note."""
    if hit.note is None:
        return ""
    return in_language(hit.note.title, hit.note.title_ja, language)


def lead_line(title: str) -> str:
    """Return a note's title as it is shown before its sentences.

    >>> lead_line("Q&A: Does balancing make experts identical?"), lead_line("質疑：速度は落ちない")
    ('Does balancing make experts identical?', '速度は落ちない')
    >>> lead_line("bfloat16 training is unstable")  # a name written small stays small
    'bfloat16 training is unstable'
    """
    return _QA_TITLE.sub("", title).strip()


def as_heading(lead: str) -> str:
    """Return a title as a heading at the beginning of a paragraph, which ends like a sentence.

    >>> as_heading("Smaller initialization"), as_heading("Why?"), as_heading("By Lin et al.")
    ('Smaller initialization.', 'Why?', 'By Lin et al.')
    >>> as_heading("初期化"), as_heading("なぜか？")
    ('初期化。', 'なぜか？')
    """
    if lead.endswith(("?", "!", ".", "？", "！", "。")):
        return lead
    return f"{lead}{'。' if is_japanese(lead) else '.'}"


def with_lead(lead: str, sentence: str) -> str:
    """Return a sentence with the title of its note before it.

    >>> with_lead("Smaller initialization", "It helps."), with_lead("", "It helps.")
    ('Smaller initialization. It helps.', 'It helps.')
    >>> with_lead("初期化", "効く。")
    '初期化。効く。'
    """
    if not lead:
        return sentence
    return f"{as_heading(lead)}{'' if is_japanese(lead) else ' '}{sentence}"


def length_of(text: str) -> float:
    """Return the length of a sentence in words; CHARACTERS of Japanese count as one.

    >>> length_of("It is float32."), length_of("速い。")
    (3, 1.0)
    """
    return len(re.sub(r"\s", "", text)) / CHARACTERS if is_japanese(text) else len(text.split())


def trim_begin(text: str) -> str:
    """Return captions without the fillers at their beginning.

    >>> trim_begin("so um today we cast the router"), trim_begin("which means that")
    ('today we cast the router', 'which means that')
    """
    said = text.split()
    while len(said) > 3 and said[0].lower().rstrip(",") in _FILLERS:
        del said[0]
    return " ".join(said)


def trim_end(text: str) -> str:
    """Return captions without an incomplete end.

    >>> trim_end("we cast the router because the")
    'we cast the router'
    """
    said = text.split()
    while len(said) > 3 and said[-1].lower() in _OPEN_END:
        del said[-1]
    return " ".join(said)


def _answering(
    question: Question,
    hits: Sequence[Hit],
    by_hit: Sequence[Sequence[Passage]],
    near: Sequence[int],
) -> int:
    """Return the index of the moment that has what is asked for, else of the best one."""
    if question.intent.wanted:
        for hit_index in near:
            if any(has_wanted(p.text, question) for p in by_hit[hit_index]):
                return hit_index
    return near[0]


def _fitting(passages: Sequence[Passage]) -> list[Passage]:
    """Return the first of consecutive sentences, as many as are shown, at least one."""
    shown = list(passages[:1])
    for passage in passages[1:MOST_SENTENCES]:
        if sum(length_of(p.text) for p in [*shown, passage]) > MOST_WORDS:
            break
        shown.append(passage)
    return shown


def _opens(sentence: str) -> bool:
    """Return whether an answer may begin with this sentence of a note."""
    if is_japanese(sentence):
        return _QUESTIONER_JA.search(sentence) is None
    return not (_QUESTIONER.match(sentence) or _TRANSITION.match(sentence))


def _spoken(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """Return the stretch of captions that matches best, and the better of its neighbours.

    One that continues what was said before it is shown with that.
    """
    best = max(range(len(passages)), key=lambda n: passages[n].score)
    beside = [n for n in (best - 1, best + 1) if 0 <= n < len(passages)]
    if best and passages[best].text.split()[0].lower() in _CONTINUES:
        beside = [best - 1]
    chosen = [passages[best]]
    for n in sorted(beside, key=lambda n: -passages[n].score)[:1]:
        if length_of(passages[n].text) + length_of(passages[best].text) <= MOST_SPOKEN:
            chosen.append(passages[n])
    first, *others = sorted(chosen, key=lambda p: p.order)
    *between, last = replace(first, text=trim_begin(first.text)), *others
    return (*between, replace(last, text=trim_end(last.text)))
