"""Find the moments for a question: it is encoded and ranked once."""

from functools import cache, lru_cache, partial
from itertools import chain, islice

import msgspec
import numpy as np
from msgspec.structs import replace

from ..encoding.dictionary import is_english
from ..encoding.encoder import Encoder
from ..index.chunk_text import japanese_text
from ..index.generation import Generation
from ..index.vectors import distinct
from ..question.read import Question, read_question
from ..question.romaji import complete_kana
from ..question.spelling import (
    Sounds,
    correct,
    correct_homophones,
    correct_katakana,
    correct_names,
    is_compound,
    sounds_of,
    unknown_words,
)
from ..records import Chunk, Hit, Moment
from ..text.ngrams import bigrams
from ..text.words import fold, stem
from .asked import COMPARED, prefer_asked
from .explanations import prefer_explained
from .filters import Filters
from .moments import build_hits
from .query import Query, is_quoted, name_forms, read_query, with_quotation
from .rank import rank, score_rows
from .source import Source

LOOKED_AT = 15  # hits in which an explanation of the question may be found
RECENT = 8  # queries and their results kept: the texts of a question, and of the one before it
MOST_READ = 2000  # chunks whose text is searched for words beside each other
FAMILIAR = 10_000  # words known to be usual or not


class Turn(msgspec.Struct, frozen=True):
    """A question of a conversation that was completed from those before it.

    Attributes:
        typed: The question as it was typed.
        before: The questions before it as they were understood, the last one first.
    """

    typed: str
    before: tuple[str, ...]


class Found(msgspec.Struct, frozen=True):
    """What was found for a question; search, answer and map share it.

    Attributes:
        query: What the question is ranked by, encoded.
        filters: Which chunks were allowed.
        part: The part of the index that holds the chunks of the hits.
        hits: Best first.
        wide: The best LOOKED_AT hits, whatever number was asked for, if there are explanations.
        turn: The conversation that the question was completed from; None if it was asked whole.
    """

    question: Question
    query: Query
    filters: Filters
    part: Generation
    hits: tuple[Hit, ...]
    wide: tuple[Hit, ...] = ()
    turn: Turn | None = None


class Searcher:
    """Finds moments in a source. Searching does not change it, so threads can share it."""

    def __init__(self, source: Source, encoder: Encoder) -> None:
        self.source = source
        self.encoder = encoder
        self._is_token = lru_cache(maxsize=FAMILIAR)(partial(_is_token, encoder))
        self._encode = lru_cache(maxsize=RECENT)(partial(_encode, source, encoder))
        self._sounds = cache(partial(_sounds, source))
        self._japanese = cache(partial(_japanese, source))
        self._found = lru_cache(maxsize=RECENT)(self._find)

    def find(self, question: Question, filters: Filters, k: int) -> Found:
        """Return what is found for a question; no hits if it has no searchable word.

        A lecture that the question names by its number limits the hits to it.

        Args:
            k: Maximum number of hits; a larger k only adds hits at the end.

        Raises:
            QuestionError: The index has nothing from a lecture, by the speaker or of the kind.
            StoreError: The store does not respond.
        """
        return self._found(question, filters, k)

    def _find(self, question: Question, filters: Filters, k: int) -> Found:
        filters = filters.named_in(question, self.source.generation.videos)
        filters.check(self.source.generation.videos, self.source.generation.manifest)
        # What is left out of a question as talk ("Yeah, I see. OK, now ...") may be quoted.
        query = with_quotation(self.encode(question.searched), question.typed or question.clean)
        if not question.has_words:
            return Found(question, query, filters, self.source.generation, ())
        return self._rank(question, query, filters, k)

    def corrected(self, question: Question) -> Question:
        """Return a question with its misspelt words corrected; `typed` is then as it was typed.

        A word is misspelt if neither the index nor a dictionary has it, but the index has a
        similar one.
        """
        speakers = {name for one in self.source.generation.videos for name in one.speakers}
        text = question.text
        if question.language == "ja":
            text = complete_kana(text, self._is_known, self._sounds)
        text = correct_names(text, speakers, self.source.words(), self._is_word)
        if unknown_words(text, self._is_usual):
            text = correct(text, self.source.words(), self._is_word)
        if question.language == "ja":
            text = correct_homophones(
                text, self._sounds, self._is_in_japanese, self._is_asked, self._is_written
            )
            text = correct_katakana(text, self._is_in_japanese, self.source.generation.bridge.words)
        if text == question.text:
            return question
        corrected = read_question(text)
        return replace(
            corrected,
            typed=question.text,
            further=question.further,
            asked=question.asked,
            asks_place=question.asks_place,
        )

    def _is_usual(self, word: str) -> bool:
        """Return whether the encoder has a word as a whole, or as two words run together."""
        return self._is_token(word) or is_compound(word, self._is_token)

    def _is_word(self, word: str) -> bool:
        """Return whether a word is usual, or a dictionary or the index has a form of it."""
        if self._is_usual(word) or is_english(word):
            return True
        form = stem(word)
        return self.source.vocabulary([form]).count(form, "en") > 0

    def _is_known(self, word: str) -> bool:
        return word in self.source.words() or self._is_word(word)

    def _is_in_japanese(self, word: str) -> bool:
        return self.source.vocabulary([word]).count(word, "ja") > 0

    def _is_written(self, characters: str) -> bool:
        notes = self.source.with_notes()
        if not all(map(notes.bigrams.count, bigrams(characters))):
            return False
        # 教科 and 学習 may both occur, but not 教科学習. All of a large index would take long.
        return len(notes.chunks) > MOST_READ or characters in self._japanese()

    def _is_asked(self, word: str) -> bool:
        return any(word in asks for asks in self.source.generation.explanations.asked)

    def find_again(self, found: Found, filters: Filters, k: int) -> Found:
        """Return what is found for the same question with other filters or more hits."""
        if not found.question.has_words:
            return found
        return replace(self._rank(found.question, found.query, filters, k), turn=found.turn)

    def moment(self, found: Found, note: Moment) -> Hit | None:
        """Return the moment of a note; None if there is none or the filters leave it out."""
        video_id, start = note
        chunks = self.source.chunks_of(video_id, start, start + 1)
        if not chunks or chunks[0].kind != "note" or chunks[0].start != start:
            return None
        for part in (found.part, self.source.with_notes()):
            try:
                row = part.row_of(chunks[0])
            except KeyError:  # a store's part of an index has the chunks for a question alone
                continue
            allowed = found.filters.rows(part)
            if allowed is None or row in allowed:
                return next(
                    build_hits([(row, 0.0)], found.query, part, self.encoder, allowed), None
                )
        return None

    def encode(self, text: str) -> Query:
        """Return a text as a query; the last ones are kept."""
        return self._encode(text)

    def score_notes(self, found: Found) -> tuple[list[Chunk], np.ndarray]:
        """Return all notes and their scores for a question, shape (n_notes,).

        Videos without notes are represented by their transcript windows. The scores have mean 0 and
        are only comparable for the same question.
        """
        notes = self.source.with_notes()
        with_notes = distinct(notes.rows["video"][notes.rows["note"]])
        shown = notes.rows["note"] | ~np.isin(notes.rows["video"], with_notes)
        rows = np.flatnonzero(shown)
        if not len(rows) or not found.question.has_words:
            return [], np.zeros(0, np.float32)
        chunks = [notes.chunks[int(row)] for row in rows]
        return chunks, score_rows(found.query, notes, rows)

    def _rank(self, question: Question, query: Query, filters: Filters, k: int) -> Found:
        generation = self.source.generation
        in_japanese = question.language == "ja"
        wide = LOOKED_AT if generation.has_explanations else COMPARED if in_japanese else 0
        part = self.source.candidates(query, filters, max(k, wide))
        allowed = filters.rows(part)
        hits = build_hits(rank(query, part, allowed), query, part, self.encoder, allowed)
        best = list(islice(hits, min(wide, COMPARED)))
        if in_japanese:
            names = name_forms(question.searched, part)
            best = prefer_asked(question.searched, names, best, part.bridge)
        if generation.has_explanations and not (best and is_quoted(query, best[0].quote)):
            best = prefer_explained(best, question, query, generation, self.source.vocabulary)
        found = tuple(islice(chain(best, hits), max(k, wide)))
        return Found(question, query, filters, part, found[:k], found[:wide])


def _is_token(encoder: Encoder, word: str) -> bool:
    return len(encoder.token_ids([word])[0]) == 1


def _sounds(source: Source) -> Sounds:
    bridge = source.generation.bridge
    return sounds_of(sorted(bridge.words, key=lambda word: bridge.idf[bridge.words[word]]))


def _japanese(source: Source) -> str:
    """Return the Japanese text of all notes, folded."""
    return "\n".join(fold(japanese_text(chunk)) for chunk in source.with_notes().chunks)


def _encode(source: Source, encoder: Encoder, text: str) -> Query:
    return read_query(text, source.generation, encoder)
