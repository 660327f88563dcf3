"""Encodings that a course brings along are looked up; other texts are encoded."""

import shutil

import numpy as np
import pytest

from cs25search.errors import DataError
from cs25search.index.late import pack
from cs25search.place import BUNDLED
from ingest.known import FILE, KnownEncoder, with_encodings, write_known
from supply.encodings import course_questions, course_texts

TEXTS = ["zebras eat marmalade", "giraffes drink tea", "lions sleep"]


class Counting:
    """An encoder, and the texts that it encoded."""

    def __init__(self, encoder, key=""):
        self.inner, self.key, self.texts = encoder, key or encoder.key, []
        self.dim, self.multilingual = encoder.dim, encoder.multilingual
        self.vocabulary_size, self.token_ids = encoder.vocabulary_size, encoder.token_ids

    def encode_documents(self, texts):
        self.texts += texts
        return self.inner.encode_documents(texts)


def test_the_bundled_course_is_encoded_already(index):
    counting = Counting(index.encoder)
    encoder = with_encodings(counting, BUNDLED)
    texts = course_texts() + course_questions()
    places = [place for place, _ in encoder.encode_documents(texts)]
    assert sorted(places) == list(range(len(texts)))
    assert counting.texts == []  # else run make encodings


def test_what_it_says_is_what_the_encoder_says(index):
    texts = course_texts()[::100]
    known = dict(with_encodings(index.encoder, BUNDLED).encode_documents(texts))
    for place, fresh in index.encoder.encode_documents(texts):
        assert known[place].vector @ fresh.vector > 0.9999
        assert known[place].vector.dtype == np.float32
        assert np.array_equal(known[place].ids, fresh.ids)
        same = pack(known[place].tokens) == pack(fresh.tokens)
        assert same.mean() > 0.99  # another processor may round otherwise


def test_the_questions_of_the_course_have_tokens_but_no_vectors(index):
    texts = course_questions()[::700]
    known = dict(with_encodings(index.encoder, BUNDLED).encode_documents(texts))
    for place, fresh in index.encoder.encode_documents(texts):
        assert np.isnan(known[place].vector).all()
        assert (pack(known[place].tokens) == pack(fresh.tokens)).mean() > 0.99


def test_texts_that_it_lacks_are_encoded(index, tmp_path):
    write_known(tmp_path / FILE, index.encoder, TEXTS[:2])
    counting = Counting(index.encoder)
    done = dict(with_encodings(counting, tmp_path).encode_documents([TEXTS[2], TEXTS[0], ""]))
    assert counting.texts == [TEXTS[2], ""]
    fresh = dict(index.encoder.encode_documents([TEXTS[2], TEXTS[0], ""]))
    for place in range(3):
        assert np.allclose(done[place].vector, fresh[place].vector, atol=1e-4)


def test_another_encoder_does_not_use_it(index, tmp_path):
    write_known(tmp_path / FILE, index.encoder, TEXTS)
    other = Counting(index.encoder, key="another")
    assert with_encodings(other, tmp_path) is other


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "shapes"])
def test_a_damaged_file_is_named(index, tmp_path, damage):
    path = tmp_path / FILE
    write_known(path, index.encoder, TEXTS)
    whole = path.read_bytes()
    if damage == "shapes":
        with np.load(path) as file:
            np.savez(path, **{**file, "lengths": file["lengths"] + 1})
    else:
        path.write_bytes({"cut": whole[: len(whole) // 2], "text": b"hello", "empty": b""}[damage])
    with pytest.raises(DataError, match=FILE):
        list(with_encodings(index.encoder, tmp_path).encode_documents(TEXTS))


def test_a_course_without_the_file_is_encoded_as_usual(index, tmp_path):
    shutil.copytree(BUNDLED, tmp_path / "course", ignore=shutil.ignore_patterns(FILE))
    assert with_encodings(index.encoder, tmp_path / "course") is index.encoder
    assert isinstance(with_encodings(index.encoder, BUNDLED), KnownEncoder)
