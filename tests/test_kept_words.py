"""Japanese texts are split into words once, however often an index is built."""

import pytest
from click.testing import CliRunner

from cs25search import open_index
from cs25search.text.japanese import japanese_words
from ingest import kept_words
from ingest.__main__ import main as ingest_command
from ingest.kept_words import FILE, KeptWords

SRT = "1\n00:00:01,000 --> 00:00:04,000\n生地を{number}分こねる。\n"


@pytest.fixture
def split(monkeypatch):
    """Return the texts that are split."""
    texts = []

    def counting(text):
        texts.append(text)
        return japanese_words(text)

    monkeypatch.setattr(kept_words, "japanese_words", counting)
    return texts


def ingest_captions(index, number):
    path = index / f"dough{number:06}.ja.srt"
    path.write_text(SRT.format(number=number), "utf-8")
    options = ["--offline", "--index", str(index), "--captions", str(path)]
    done = CliRunner().invoke(ingest_command, options)
    assert done.exit_code == 0, done.output


def words_of(index):
    words = open_index(index).generation.words
    return {gram: words.count(gram) for gram in ("生地", "捏ねる", "注意", "学習")}


def test_texts_of_an_earlier_ingest_are_not_split_again(small_copy, split):
    (small_copy / FILE).unlink(missing_ok=True)
    ingest_captions(small_copy, 3)
    assert len(split) == len(set(split)) > 100
    split.clear()
    ingest_captions(small_copy, 5)
    assert len(split) == 1 and "5分" in split[0]
    found = words_of(small_copy)
    assert found["生地"] == found["捏ねる"] == 2
    (small_copy / FILE).unlink()
    split.clear()
    ingest_captions(small_copy, 7)
    assert len(split) > 100  # all again, with the same words
    assert words_of(small_copy) == found | {"生地": 3, "捏ねる": 3}


@pytest.mark.parametrize("content", [b"", b"{", b'{"words": 3}', b'{"splitter": "older"}'])
def test_file_that_cannot_be_used_is_replaced(content, tmp_path, split):
    (tmp_path / FILE).write_bytes(content)
    for _ in range(2):
        words = KeptWords(tmp_path)
        assert words("生地をこねる") == words("生地をこねる") == ["生地", "捏ねる"]
        words.write()
    assert split == ["生地をこねる"]


def test_course_without_japanese_keeps_no_file(tmp_path):
    KeptWords(tmp_path).write()
    assert not list(tmp_path.iterdir())
