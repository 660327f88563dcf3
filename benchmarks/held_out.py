"""python -m benchmarks.held_out: search on questions of the notes that the index does not hold.

The last three of a note's seven `asks` are in the words of people who had not seen it. For each of
the three, an index is built without it, and it is asked of that index: some 1,700 unseen questions
of real wording in each language, to tune weights on. The notes are encoded again each time: the
tokens that remain in the full index still know the question, which flatters the ranking.
"""

from collections.abc import Iterator
from functools import partial

import click
import numpy as np
from msgspec.structs import replace

from benchmarks.corpora import CS25_NOTES, Corpus, cs25_notes
from benchmarks.eval import markdown, new_table, query_encoder, share
from benchmarks.rankers import open_cached
from cs25search.evaluation import DEPTH, EvalQuestion, ask_all, success_at_k
from cs25search.records import Chunk, Language

REAL_WORDING = (4, 5, 6)  # positions of the asks in the words of people
LANGUAGES: tuple[Language, ...] = ("en", "ja")


def held_out(notes: Corpus, position: int) -> Corpus:
    """Return the notes without one ask each, and these asks as questions.

    Args:
        notes: Chunks with asks in both languages.
        position: Which ask of each note is asked; notes with fewer are not asked about.
    """
    questions = tuple(
        EvalQuestion(
            f"{note.chunk_id}-{position}", note.asks[position], note.video_id, note.start, note.end,
            note.asks_ja[position],
        )
        for note in notes.chunks
        if len(note.asks) > position and len(note.asks_ja) > position
    )  # fmt: skip
    chunks = tuple(_without(note, position) for note in notes.chunks)
    name = f"{CS25_NOTES} without ask {position + 1}"
    return replace(notes, name=name, chunks=chunks, questions=questions)


def _without(note: Chunk, position: int) -> Chunk:
    asks, asks_ja = (
        tuple(ask for ask in asks if ask not in asks[position : position + 1])
        for asks in (note.asks, note.asks_ja)
    )
    return replace(note, asks=asks, asks_ja=asks_ja)


def run() -> Iterator[tuple[str, np.ndarray]]:
    """Yield what was asked, and Success@1 and @5 of each question, shape (n_questions, 2)."""
    encoder = query_encoder()
    for position in REAL_WORDING:
        corpus = held_out(cs25_notes(), position)
        index = open_cached(corpus, encoder)
        for language in LANGUAGES:
            scored = ask_all(corpus.questions, partial(index.search, k=DEPTH), language)
            found = np.array([[success_at_k(s.relevant, k) for k in (1, 5)] for s in scored])
            yield f"ask {position + 1}, {language}", found


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Print the table."""
    shown = new_table("left out", "questions", "Success@1 (95 %)", "Success@5 (95 %)")
    for name, found in run():
        shown.add_row(name, f"{len(found):,}", *map(share, found.T))
    click.echo(markdown(shown))


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.held_out")
