"""The text of a chunk or slide that is encoded and counted."""

import hashlib

from ..records import Chunk, Language, Slide
from ..text.japanese import is_mostly_japanese, japanese_words
from ..text.words import stem, words


def encoded_text(chunk: Chunk) -> str:
    """Return the indexed text of a chunk: title, words, questions it answers, terms."""
    return " ".join(encoded_parts(chunk))


def encoded_parts(chunk: Chunk) -> list[str]:
    """Return the parts of `encoded_text`: title, words, each question, terms; some may be empty."""
    return [title_prefix(chunk), chunk.text, *chunk.asks, ", ".join(chunk.terms)]


def title_prefix(chunk: Chunk) -> str:
    """Return the title prefix of a chunk's indexed text."""
    return f"{chunk.title}." if chunk.title else ""


def has_japanese(chunk: Chunk) -> bool:
    """Return whether a chunk has a Japanese version, or is itself in Japanese or Chinese."""
    return bool(chunk.text_ja) or is_mostly_japanese(chunk.text)


def japanese_text(chunk: Chunk) -> str:
    """Return the Japanese version of a chunk; its own words if they are Japanese or Chinese."""
    if not chunk.text_ja and is_mostly_japanese(chunk.text):
        return encoded_text(chunk)
    return " ".join([chunk.title_ja, chunk.text_ja, *chunk.asks_ja, *chunk.terms])


def words_of(chunk: Chunk, language: Language) -> set[str]:
    """Return the words of a chunk and its questions: stems in English, normal forms in Japanese."""
    if language == "ja":
        return set(japanese_words(japanese_text(chunk)))
    return {stem(word) for word in words(encoded_text(chunk))}


def slide_text(slide: Slide) -> str:
    """Return the indexed text of a slide."""
    return f"{slide.title}. {slide.summary} {', '.join(slide.terms)}"


def text_key(text: str) -> bytes:
    """Return a hash of a text, by which the next generation recognises it."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest().encode()
