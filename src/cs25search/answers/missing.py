"""The words of a question that no moment has, so that a reply can say what is only touched on.

A question for a fact that the lectures leave unsaid matches the moments about the thing, all but
the word for the fact. Common words are often missing from moments that answer; rare words and names
seldom are, unless the match is weak.
"""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from ..encoding.dictionary import is_english
from ..index.chunk_text import words_of
from ..question.aliases import names_of
from ..question.names import names_in
from ..ranking.query import english_words
from ..records import Answer, Chunk, Sentence
from ..text.japanese import is_japanese, morphemes
from ..text.topic_words import english_topic_words, topic_words
from ..text.words import stem
from ..wording import missing_text
from .citations import text_of
from .course_words import about_course
from .definitions import defined_term
from .evidence import chunks_of
from .features import other_version, reading_of
from .findings import Findings

RARE = 0.004  # greatest share of the chunks that have a rare word
SURE = 0.9  # from this probability on, a moment answers although a rare word is missing
COMMON = 0.05  # greatest share of the chunks that have a word of a thing to define
MOST = 2  # words named
SHORTEST = 4  # letters of an English word
OF_COURSE = 0.5  # how likely a word alone may be about the course, not its subject
_CAPITALS = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]*[A-Z][a-z]*[A-Z][A-Za-z]*(?![A-Za-z0-9@])")
# The noun after these says what kind of answer is wanted, not what it is about.
_WHICH_JA = frozenset(("どの", "どんな", "何の", "何"))


def find_words(findings: Findings) -> Findings:
    """Return findings that claim nothing if no moment has a word of the thing to define.

    Only for notes, whose words are chosen.
    """
    if findings.status != "answered" or reading_of(findings.found) not in ("en", "ja"):
        return findings
    return replace(findings, status="partly") if _unnamed(findings) else findings


def with_missing(answer: Answer, findings: Findings) -> Answer:
    """Return an answer that first says which names its moments lack.

    Where the match is weak, also which rare words.
    """
    if reading_of(findings.found) not in ("en", "ja"):
        return answer
    weak = findings.probability < SURE
    missing = list(dict.fromkeys([*_unsaid(findings), *(_rare(findings) if weak else ())]))
    if not missing:
        return answer
    language = findings.found.question.language
    sentences = (Sentence(missing_text(missing[:MOST], language), ()), *answer.sentences)
    return replace(answer, sentences=sentences, text=text_of(sentences, language))


def missing_words(findings: Findings) -> tuple[str, ...]:
    """Return the names of a question, as typed, that no moment has; without any, rare words."""
    question, hits = findings.found.question, findings.found.hits
    if not hits:
        return ()
    if version := other_version(question.text, findings.evidence.vocabulary):
        return (version,)
    if term := _unnamed(findings):
        return (term,)
    generation, names = findings.evidence.part, names_in(question.topic)
    held = _held(findings)
    missing = [
        typed
        for typed, word in _typed_words(question.topic)
        if word in names and not english_words(word, generation) & held and word not in held
    ]
    return tuple(dict.fromkeys(missing or _rare(findings)))[:MOST]


def _rare(findings: Findings) -> list[str]:
    """Return the rare words of a question, as typed, that no moment has; the rarest first."""
    vocabulary, language = findings.evidence.vocabulary, findings.found.question.language
    held, counts = _held(findings), {}
    asked = {*topic_words(findings.found.question.topic)}
    notes = [hit.note for hit in findings.found.hits if hit.note]
    for typed, word in _typed_words(findings.found.question.topic):
        count = vocabulary.count(word, language)
        if word not in asked - held or count > RARE * vocabulary.size:
            continue
        if typed.islower() and typed.isascii() and not is_english(typed):
            continue  # misspelt, as "dosnt" is
        forms = [form.casefold() for form in names_of(typed)[1:]]
        if not any(_says(note, forms) for note in notes):
            counts[typed] = count
    return sorted(counts, key=lambda typed: counts[typed])


def _unsaid(findings: Findings) -> list[str]:
    """Return the names with two capitals that only questions of notes have, no note itself.

    The questions that a note answers are written for a search: they may call a thing by a name that
    the lectures do not use.
    """
    shown = [hit.note for hit in findings.found.hits if hit.note]
    typed = {
        name: [form.casefold() for form in names_of(name)]
        for name in _CAPITALS.findall(findings.found.question.topic)
    }
    # Most names are in a moment; only for others all notes are read.
    typed = {
        name: forms for name, forms in typed.items() if not any(_says(one, forms) for one in shown)
    }
    notes = [one for one in findings.evidence.part.chunks if one.kind == "note"] if typed else []
    return [
        name
        for name, forms in typed.items()
        if any(forms[0] in ask.casefold() for one in notes for ask in (*one.asks, *one.asks_ja))
        and not any(_says(one, forms) for one in notes)
    ]


def _says(note: Chunk, forms: Sequence[str]) -> bool:
    said = f"{note.title} {note.text} {note.title_ja} {note.text_ja}".casefold()
    return any(form in said for form in forms)


def _unnamed(findings: Findings) -> str:
    """Return the thing to define if no moment has a word of it in title and text; else ""."""
    found = findings.found
    term = defined_term(found.question.text)
    notes = [hit.note for hit in found.hits if hit.note]
    if not term or len(notes) < len(found.hits):
        return ""
    vocabulary, language = findings.evidence.vocabulary, found.question.language
    counts = [vocabulary.count(word, language) for word in topic_words(term)]
    if max(counts, default=0) > COMMON * vocabulary.size:
        return ""  # "What is done instead?" defines nothing
    # A Japanese name of an English one may describe it in everyday words.
    forms = [form for form in names_of(term) if is_japanese(form) <= is_japanese(term)]
    for note in notes:
        said = f"{note.title} {note.text} {note.title_ja} {note.text_ja}"
        held = {*topic_words(said), *english_topic_words(said)}
        named = any(set(topic_words(form)) <= held for form in forms)
        if named or not held.isdisjoint(topic_words(term)):
            return ""
    return term


def _held(findings: Findings) -> set[str]:
    """Return the words of the moments in both languages, and the names of their speakers."""
    hits = findings.found.hits
    chunks = [chunk for hit in hits for chunk in chunks_of(hit)]
    said = (words_of(chunk, "en") | words_of(chunk, "ja") for chunk in chunks)
    return set().union(
        *said, topic_words(" ".join(name for hit in hits for name in hit.video.speakers))
    )


def _typed_words(text: str) -> list[tuple[str, str]]:
    """Return the words of a text as typed and as compared, without numbers and verbs of English.

    Of Japanese words, nouns alone, without those that a question asks with and those in kanji that
    a verb follows.

    >>> _typed_words("which sandboxes?"), _typed_words("GPTの記憶は何日？")
    ([('which', 'which'), ('sandboxes', 'sandbox')], [('GPT', 'gpt'), ('記憶', '記憶')])
    >>> _typed_words("it determined, didn't Mamba use 24?")
    [('Mamba', 'mamba')]
    >>> _typed_words("どの先生の講義の何分で神経に転用できる？")
    [('神経', '神経')]
    """
    if is_japanese(text):
        parts = morphemes(text)
        nouns = [
            one
            for place, one in enumerate(parts)
            if one.kind == "名詞"
            and len(one.surface) > 1
            and not (place and parts[place - 1].surface in _WHICH_JA)
            and not (_is_kanji(one.surface) and parts[place + 1 :] and parts[place + 1].is_light)
            and not one.surface.startswith("何")
            and about_course(one.surface) < OF_COURSE
        ]
        return [
            (_as_typed(one.surface, text), one.normal_form)
            for one in nouns
            if not re.fullmatch(r"[\d,.]+|[ぁ-ん]+", one.surface)
        ]
    typed = re.findall(r"(?:[^\W_]|[·・])+(?!['’])\b", text)
    return [
        (one, stem(one.lower()))
        for one in typed
        if (len(one) > 1 and re.search("[A-Z]", one))
        or (len(one) >= SHORTEST and not re.search(r"\d|(?:ed|ing)$", one))
    ]


def _is_kanji(word: str) -> bool:
    return re.fullmatch(r"[\u4e00-\u9fff]+", word) is not None


def _as_typed(surface: str, text: str) -> str:
    found = re.search(re.escape(surface), text, re.I)
    return found[0] if found else surface
