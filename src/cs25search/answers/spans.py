"""Choose the sentences of an answer.

A note is one thought, so it is shown from its first sentence on, without an opening that only
repeats what a listener asked. Its title comes first, because a pronoun in the first sentence may
refer to it. From captions, the passage that matches best is shown with one of its neighbours.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..question.read import Question
from ..records import Hit, Language
from ..text.japanese import is_japanese, japanese_words
from ..text.topic_words import topic_words
from ..text.words import STOP_WORDS, stem, words
from .opening import has_wanted
from .passages import Passage

MOST_SENTENCES = 4  # of one moment
MOST_WORDS = 70  # of one moment; two Japanese characters count as a word
NEAR = 0.8  # a second moment must score at least this fraction of the best
MOST_SPOKEN = 60  # words of captions

_QUESTIONER = re.compile(
    r"^(?:(?:an?|one|another|the|the same|some) )?(?:[\w-]+ )?"
    r"(?:students?|listeners?|questioners?|newcomers?|attendees?|viewers?|audience|host)\b"
    r"|^(?:someone|somebody)\b|^[^.]*\?$|^a question that the captions miss",
    re.I,
)
_QUESTIONER_JA = re.compile(
    r"(?:学生|質問者?|聴講者|聴衆|初学者|司会者|別の人|参加者)(?:たち|ら)?[がはの、]"
    r".*(?:尋ねる|質問する|質問が出る|問う|述べる|見る|指摘する|言う|懸念する|頼む|考える|疑問視する)。$"
    r"|(?:か|？)。?$|質問である。$|質問が出る。$|^字幕にない質問"
)
_TRANSITION = re.compile(
    r"^(?:so far|next they ask|the talk (?:turns|moves|now)|before that|after (?:a|the) break"
    r"|(?:he|she|they) jokes?\b|jok(?:es|ing)\b)",
    re.I,
)
_QA_TITLE = re.compile(r"^(?:Q ?& ?A|Q|質疑応答|質疑|質問)\s*[:：]\s*", re.I)
_DEFINED = re.compile(
    r"^(?:so |and |please |can you )?"
    r"(?:what(?:['’]s| is| are| was)|what do(?:es)?|define|explain what|meaning of) "
    r"(?:meant by )?(?:an? |the )?(?P<term>[^?,;]{2,60}?)"
    r"(?: means?| stands? for| is| are)?(?: in [^?]{1,40})?\s*\??$",
    re.I,
)
_DEFINED_JA = re.compile(r"^(?P<term>.{1,30}?)(?:とは|って何|というのは|の意味|の定義)")
# Words at which a quotation of captions must not end.
_OPEN_END = STOP_WORDS | frozenset("because just like um uh very really kind also only".split())


@dataclass(frozen=True, slots=True)
class Span:
    """Consecutive sentences of one moment.

    Attributes:
        place: Index of their hit, from 0.
        lead: The title of the note; "" if there is none.
        passages: At least one.
    """

    place: int
    lead: str
    passages: tuple[Passage, ...]

    @property
    def text(self) -> str:
        """The lead and all sentences as they are shown."""
        said = [passage.text for passage in self.passages]
        gap = "" if is_japanese("".join(said)) else " "
        return gap.join([with_lead(self.lead, said[0]), *said[1:]])


def choose_spans(
    question: Question, hits: Sequence[Hit], passages: Sequence[Passage]
) -> list[Span]:
    """Return one or two spans from the moments found.

    The moment that defines, counts, dates or names what is asked comes first, else the best one.
    A second moment is added only if it scores nearly as much and has a word of the question that
    the first one lacks.

    Args:
        hits: Best first, at least one.
        passages: Of all hits, in order.
    """
    by_place = [[p for p in passages if p.place == place] for place in range(len(hits))]
    near = [
        place for place, hit in enumerate(hits)
        if by_place[place] and (place == 0 or hit.score >= NEAR * hits[0].score)
    ]  # fmt: skip
    if not near:
        return []
    first = _answering(question, hits, by_place, near)
    spans = [span_of(hits[first], by_place[first], question.language)]
    asked = set(topic_words(question.text))
    told = set(topic_words(spans[0].text))
    for place in near:
        if place == first:
            continue
        other = span_of(hits[place], by_place[place], question.language)
        if asked.intersection(topic_words(other.text)) - told:
            return [*spans, other]
    return spans


def span_of(hit: Hit, passages: Sequence[Passage], language: Language) -> Span:
    """Return the sentences to show of a moment.

    Args:
        passages: Of this hit, in order, at least one.
    """
    if hit.note is None:
        return Span(passages[0].place, "", _spoken(passages))
    kept = list(passages)
    while len(kept) > 1 and not _opens(kept[0].text):
        del kept[0]
    shown = kept[:1]
    for passage in kept[1:MOST_SENTENCES]:
        if sum(length_of(p.text) for p in [*shown, passage]) > MOST_WORDS:
            break
        shown.append(passage)
    japanese = language == "ja" and bool(hit.note.title_ja)
    return Span(passages[0].place, lead_line(hit.note.title_ja if japanese else hit.note.title),
                tuple(shown))  # fmt: skip


def lead_line(title: str) -> str:
    """Return a note's title as it is shown before its sentences.

    >>> lead_line("Q&A: does balancing make experts identical?"), lead_line("質疑：速度は落ちない")
    ('Does balancing make experts identical?', '速度は落ちない')
    """
    plain = _QA_TITLE.sub("", title).strip()
    return f"{plain[:1].upper()}{plain[1:]}"


def with_lead(lead: str, sentence: str) -> str:
    """Return a sentence with the title of its note before it.

    >>> with_lead("Smaller initialization", "It helps."), with_lead("Why?", "It helps.")
    ('Smaller initialization: It helps.', 'Why? It helps.')
    >>> with_lead("", "It helps."), with_lead("初期化", "効く。")
    ('It helps.', '初期化：効く。')
    """
    if not lead:
        return sentence
    if is_japanese(lead):
        return f"{lead}{'' if lead.endswith(('？', '?')) else '：'}{sentence}"
    return f"{lead} {sentence}" if lead.endswith(("?", "!", ".")) else f"{lead}: {sentence}"


def defined_term(question: str) -> str:
    """Return the term that a question asks to define, else "".

    >>> defined_term("What is an induction head?"), defined_term("pass@kとは何ですか？")
    ('induction head', 'pass@k')
    >>> defined_term("Why does the router need float32?")
    ''
    """
    found = (_DEFINED_JA if is_japanese(question) else _DEFINED).match(question.strip())
    if not found or re.match(r"what do(?:es)? (?!.*\b(?:mean|stand for)\b)", question, re.I):
        return ""
    return found["term"].strip()


def defines(term: str, title: str, sentence: str) -> bool:
    """Return whether a sentence begins with the definition of a term, or its title is the term.

    >>> defines("pass@k", "Metrics", "Pass@k is the probability that one of k samples is right.")
    True
    >>> defines("pass@k", "Metrics", "They report pass@k.")
    False
    """
    wanted = _folded(term)
    if not wanted:
        return False
    if is_japanese(term) or is_japanese(sentence):
        begins = sentence.replace("「", "").replace("」", "").lower()
        return bool(
            re.match(rf"{re.escape(term.lower())}(?:（[^）]*）)?(?:とは|は)", begins)
        ) or _folded(title) in (wanted, [*wanted, "定義"])
    said = _folded(re.sub(r"\([^)]*\)", "", sentence))
    titled = [word for word in _folded(title) if word not in ("a", "an", "the", "what", "is")]
    if titled in (wanted, [*wanted, "defin"]):
        return True
    start = 1 if said[:1] and said[0] in ("a", "an", "the") else 0
    after = said[start + len(wanted) :]
    return said[start : start + len(wanted)] == wanted and after[:1] in (
        ["is"], ["are"], ["mean"], ["refer"], ["stand"], ["denot"], ["consist"], ["measur"],
    )  # fmt: skip


def length_of(text: str) -> float:
    """Return the length of a sentence in words; two Japanese characters count as one.

    >>> length_of("It is float32."), length_of("速い。")
    (3, 1.5)
    """
    return len(re.sub(r"\s", "", text)) / 2 if is_japanese(text) else len(text.split())


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
    by_place: Sequence[Sequence[Passage]],
    near: Sequence[int],
) -> int:
    """Return the place of the moment that has what is asked for, else of the best one."""
    if term := defined_term(question.text):
        for place in near:
            note = hits[place].note
            title = (note.title_ja if question.language == "ja" else note.title) if note else ""
            if any(defines(term, title, p.text) for p in by_place[place][:2]):
                return place
    if question.intent.wanted:
        for place in near:
            if any(has_wanted(p.text, question) for p in by_place[place]):
                return place
    return near[0]


def _opens(sentence: str) -> bool:
    """Return whether an answer may begin with this sentence of a note."""
    if is_japanese(sentence):
        return _QUESTIONER_JA.search(sentence) is None
    return not (_QUESTIONER.match(sentence) or _TRANSITION.match(sentence))


def _spoken(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """Return the stretch of captions that matches best, and the better of its neighbours."""
    best = max(range(len(passages)), key=lambda n: passages[n].score)
    beside = [n for n in (best - 1, best + 1) if 0 <= n < len(passages)]
    chosen = [passages[best]]
    for n in sorted(beside, key=lambda n: -passages[n].score)[:1]:
        if length_of(passages[n].text) + length_of(passages[best].text) <= MOST_SPOKEN:
            chosen.append(passages[n])
    *others, last = sorted(chosen, key=lambda p: p.order)
    return (*others, replace(last, text=trim_end(last.text)))


def _folded(text: str) -> list[str]:
    return japanese_words(text) if is_japanese(text) else [stem(word) for word in words(text)]
