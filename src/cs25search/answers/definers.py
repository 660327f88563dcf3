"""Find the moment that says what a thing is, also beyond the best moments.

Each note has questions that it answers. If one of them is "What is X?", the note explains X, even
if no sentence of it begins with X and a moment that only uses the word matches the question better.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from ..question.aliases import english_name, names_of
from ..question.read import read_question
from ..ranking.searcher import Found, Searcher
from ..records import Chunk, Hit, Language
from ..text.sentences import split_sentences
from .definitions import DEFINES, IS_ABOUT, defined_term, folded_term, grade
from .findings import Findings, with_hits
from .spans import note_title_of

LOOKED_AT = 30  # hits
# Added to the score of a moment, as a share of the best one's.
ASKED, DEFINING, ABOUT = 0.5, 0.35, 0.2


def find_definition(searcher: Searcher, findings: Findings) -> Findings:
    """Return findings whose first moment says what a question wants defined.

    It is also asked as "What is X?": another wording may miss the note that explains X, and notes
    may use another Japanese word for the thing. Other questions, and those for which no moment is
    better, keep their findings.
    """
    question, found = findings.found.question, findings.found
    term = defined_term(question.text)
    if not term or not found.hits or findings.status == "not_in_lectures":
        return findings
    further = searcher.find_again(found, found.filters, LOOKED_AT)
    best = max(_ranked(term, further, question.language), key=lambda one: one[0])
    name = english_name(term) or term
    if name.isascii():
        other = searcher.find(read_question(f"What is {name}?"), found.filters, LOOKED_AT)
        plainly = max(
            _ranked(term, other, question.language), key=lambda one: one[0], default=(0.0, None)
        )
        if plainly[1] and plainly[0] > max(best[0], 1 + ASKED / 2):
            return with_hits(findings, replace(found, part=other.part), (plainly[1],))
    first = best[1]
    if first == found.hits[0]:
        return findings
    others = [hit for hit in found.hits if (hit.video, hit.start) != (first.video, first.start)]
    hits = (first, *others)[: len(found.hits)]
    return with_hits(findings, replace(found, part=further.part), hits)


def explains(names: Sequence[str], note: Chunk) -> bool:
    """Return whether a note answers "What is X?" for one of the names of X.

    X may have one more word at its end: "a return-to-go token" is explained as return-to-go.
    """
    wanted = [folded_term(name) for name in names]
    wanted += [term[:-1] for term in wanted if len(term) > 2]
    asked = (defined_term(one) for one in (*note.asks, *note.asks_ja))
    return any(folded_term(term) in wanted for term in asked if term)


def _ranked(term: str, found: Found, language: Language) -> list[tuple[float, Hit]]:
    """Return each hit with its score as a share of the best one's, and what a definition adds."""
    names = names_of(term)
    top = max((hit.score for hit in found.hits), default=0.0)
    return [
        ((hit.score / top if top > 0 else 0.0) + _merit(term, names, hit, language), hit)
        for hit in found.hits
    ]


def _merit(term: str, names: Sequence[str], hit: Hit, language: Language) -> float:
    if hit.note is None:
        said, title, asked = [cue.text for cue in hit.chunk.cues], "", False
    else:
        japanese = language == "ja" and hit.note.text_ja
        said = split_sentences(hit.note.text_ja if japanese else hit.note.text)
        title = note_title_of(hit, "ja" if japanese else "en")
        asked = explains(names, hit.note)
    best = max((grade(term, title, sentence) for sentence in said), default=0)
    return ASKED * asked + {DEFINES: DEFINING, IS_ABOUT: ABOUT}.get(best, 0.0)
