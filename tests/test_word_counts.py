"""The words of an index are counted when it is built, and read with it."""

from cs25search import Chunk, open_index
from cs25search.index.files import read_generation
from cs25search.index.word_counts import WordCounter, count_words


def chunk(number, text):
    return Chunk(f"v:{number}t", "v", 10.0 * number, 10.0 * number + 10, text, "transcript")


def test_each_chunk_counts_once_by_stem_and_by_word():
    counts = count_words([chunk(0, "Routers route routers"), chunk(1, "the router, GPT3, 経路")])
    assert counts.stems["router"] == 2
    assert counts.words == {"routers": 1, "route": 1, "the": 1, "router": 1}


def test_of_many_chunks_words_are_taken_from_every_part(monkeypatch):
    monkeypatch.setattr("cs25search.index.word_counts.MOST_COUNTED", 2)
    counter = WordCounter(4)
    for word in ("one", "two", "three", "four"):
        counter.add([word])
    assert counter.counts().words == {"one": 1, "three": 1}
    assert len(counter.counts().stems) == 4


def test_stored_counts_are_those_of_the_chunks_and_older_indexes_are_counted(index_copy):
    stored = read_generation(index_copy)
    assert stored.word_counts == count_words(stored.chunks)
    folder = index_copy / stored.manifest.generation
    assert (folder / "word_counts.json").exists()


def test_a_question_decodes_only_the_chunks_that_it_shows(index_dir, index):
    opened = open_index(index_dir, index.encoder)
    answer = opened.answer("Why does the router need float32?")
    assert answer.status == "answered"
    read = opened.generation.chunks._read.cache_info().misses
    assert read < 50 < len(opened.generation.chunks)


def test_every_chunk_is_found_by_its_row(index):
    generation = index.generation
    for row in range(0, len(generation.chunks), 37):
        assert generation.row_of(generation.chunks[row]) == row
