"""What is encoded and counted of a chunk or a slide."""

import hashlib

from ..records import Chunk, Slide
from ..text.japanese import is_mostly_japanese


def encoded_text(chunk: Chunk) -> str:
    """Return what is encoded and counted for a chunk: title, words, questions it answers, terms."""
    return " ".join(encoded_parts(chunk))


def encoded_parts(chunk: Chunk) -> list[str]:
    """Return the parts of `encoded_text`: title, words, each question, terms; some may be empty."""
    return [lead(chunk), chunk.text, *chunk.asks, ", ".join(chunk.terms)]


def lead(chunk: Chunk) -> str:
    """Return what stands before the chunk's own words when it is encoded."""
    return f"{chunk.title}." if chunk.title else ""


def has_japanese(chunk: Chunk) -> bool:
    """Return whether a chunk has a Japanese side, or is itself in Japanese or Chinese."""
    return bool(chunk.text_ja) or is_mostly_japanese(chunk.text)


def japanese_text(chunk: Chunk) -> str:
    """Return the Japanese side of a chunk; its own words if they are Japanese or Chinese."""
    if not chunk.text_ja and is_mostly_japanese(chunk.text):
        return encoded_text(chunk)
    return " ".join([chunk.title_ja, chunk.text_ja, *chunk.asks_ja, *chunk.terms])


def slide_text(slide: Slide) -> str:
    """Return what is encoded of a slide."""
    return f"{slide.title}. {slide.summary} {', '.join(slide.terms)}"


def text_key(text: str) -> bytes:
    """Return a short name for a text, so that it is recognised in the next generation."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest().encode()
