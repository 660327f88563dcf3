"""Japanese words in English: the dictionary, and the questions it translates."""

import lzma
import re
from pathlib import Path

import numpy as np
import pytest

from cs25search.encoding.dictionary import (
    FILE,
    GLOSSES,
    IN_ENGLISH,
    NOTICE,
    Dictionary,
    JapaneseHeld,
    build_dictionary,
    english_key,
)
from cs25search.encoding.encoder import Encoding
from cs25search.question.katakana import spelt_in_katakana
from cs25search.question.translate import translate
from cs25search.ranking.query import english_words, read_query
from cs25search.text.ngrams import bigrams, ngrams
from cs25search.text.words import STOP_WORDS, stem, words

PROJECT = Path(__file__).parents[1]
LICENCE = re.compile(r"CC BY-SA [0-9.]*[0-9]")


def test_every_form_is_found_and_nothing_else():
    glosses = {
        form: (f"gloss {n}",) for n, form in enumerate(["注意", "注", "意", "ん", "機構", "a"])
    }
    dictionary = Dictionary(lines_of(glosses))
    assert all(dictionary.look_up(form) == found for form, found in glosses.items())
    assert [dictionary.look_up(form) for form in ("", "注意機", "z", "機")] == [()] * 4
    assert Dictionary(b"").look_up("注意") == ()


def test_only_glosses_that_the_index_holds_are_kept():
    dictionary = build_dictionary({"attent", "machin"})
    assert dictionary.look_up("注意") == ("attention",)
    assert dictionary.look_up("機械") == ("machine",)
    assert dictionary.look_up("精度") == ()


def test_all_words_of_a_gloss_are_held_and_one_of_them_is_no_stop_word():
    held = {"paint", "one", "s", "big", "four"}
    glosses = [
        line.split("\t") for line in lzma.decompress(FILE.read_bytes()).decode().splitlines()
    ]
    expected = {}
    for form, *found in glosses:
        kept = [gloss for gloss in found if is_held(gloss, held)]
        if kept:
            expected[form] = kept[:GLOSSES]
    assert len(expected) > 50
    assert build_dictionary(held).lines == lines_of(expected)


def lines_of(glosses):
    return b"".join(sorted("\t".join([one, *of]).encode() + b"\n" for one, of in glosses.items()))


def test_english_is_given_the_japanese_that_an_index_has():
    said = {"連鎖律": 1, "勾配": 3, "坂": 1, "傾斜": 2}
    pairs = {pair for form in said for pair in bigrams(form)}
    held = JapaneseHeld(lambda word: said.get(word, 0), pairs.__contains__)
    dictionary = build_dictionary(set(), held)
    assert dictionary.in_japanese(english_key("chain rules")) == ("連鎖律",)
    assert dictionary.in_japanese("gradient")[0] == "勾配"
    assert dictionary.in_japanese("slope")[:2] == ("勾配", "坂")  # its first gloss; most said first
    assert dictionary.in_japanese("probabl") == ()
    assert IN_ENGLISH.encode() not in build_dictionary({"slope"}).lines[:]


def is_held(gloss, held):
    left = [word for word in words(gloss) if word not in STOP_WORDS]
    return bool(left) and held.issuperset(map(stem, left))


def test_the_file_names_source_and_licence():
    head = lzma.decompress(FILE.read_bytes()).decode().splitlines()[: len(NOTICE)]
    assert head == [f"# {line}" for line in NOTICE]
    assert "edrdg.org" in " ".join(head)


def test_every_text_names_one_licence_of_the_dictionary():
    texts = [PROJECT / name for name in ("README.md", "README.ja.md", "supply/dictionary.py")]
    named = {one for path in texts for one in LICENCE.findall(path.read_text("utf-8"))}
    assert named == set(LICENCE.findall(" ".join(NOTICE))) == {"CC BY-SA 3.0"}


@pytest.mark.parametrize(
    ("question", "english"),
    [
        ("MoEのルーティング", ["moe", "routing"]),
        ("セルフアテンションとは", ["self-attention"]),
        ("注意機構を使う", ["attention", "use"]),  # the longest form, not 注意 and 機構
        ("ではない", []),
    ],
)
def test_names_come_first_then_the_dictionary(question, english):
    glosses = {"ルーティング": ("routing",), "使う": ("use",), "機構": ("mechanism",)}
    found = translate(question, lambda form: glosses.get(form, ()))
    assert [one.text for one in found] == english


def test_a_japanese_question_has_an_english_reading(index):
    probe = read_query("ルーターだけfloat32にするのはなぜですか？", index.generation, index.encoder)
    assert probe.english is not None
    assert len(probe.english.tokens) == len(probe.english.weights)
    assert read_query("router", index.generation, index.encoder).views[1:] == ()


@pytest.mark.parametrize(
    ("katakana", "english"),
    [("イプシロン", "epsilon"), ("クォータニオン", "quaternion"),
     ("ダイバージェンス", "divergence"),
     ("フェリックス", "felix"), ("ゲスト", "guest"), ("グラフィックス", "graphics"),
     ("コントラスティブ", "contrastive"), ("シャノン", "shannon"), ("テンソル", "tensor"),
     ("ヒルベルト", "hilbert"), ("アプライド", "applied"), ("オイラー", ""), ("注意", ""),
     ("カルマン", ""), ("デミス", ""), ("ランダー", ""), ("クリス", ""), ("パスワード", "")],
)  # fmt: skip
def test_katakana_is_read_as_the_word_that_sounds_like_it(katakana, english):
    known = ["absolute", "contrastive", "divergence", "epsilon", "euler", "felix", "graphics"]
    known += ["guest", "just", "quaternion", "shannon", "shine", "unison", "tensor", "hilbert"]
    known += ["applied", "column", "demos", "land", "curious", "passed"]
    assert spelt_in_katakana(katakana, known) == english


def test_katakana_that_the_dictionary_lacks_is_read_by_its_sound(index):
    generation, encoder = index.generation, index.searcher.encoder
    assert not generation.dictionary.look_up("コントラスティブ")
    english = read_query("コントラスティブ学習", generation, encoder).english
    assert english is not None
    assert set(ngrams("contrastive")) <= set(english.terms["grams"])
    assert english_words("コントラスティブ", generation) == {stem("contrastive")}


def test_a_question_longer_than_the_encoder_reads_is_cut(index):
    probe = read_query("注意と重みと勾配" * 200, index.generation, index.encoder)
    assert probe.english is not None
    assert len(probe.english.tokens) == len(probe.english.weights) <= 256


def test_words_may_have_more_tokens_alone_than_after_a_space(index):
    class Spaced:
        """An encoder with one token more at the beginning of a text, like byte-pair encodings."""

        key, multilingual = index.encoder.key, False

        def token_ids(self, texts):
            return [np.append(ids[:1], ids) for ids in index.encoder.token_ids(texts)]

        def encode_query(self, text):
            encoding = index.encoder.encode_query(text)
            again = np.append(encoding.tokens[:1], encoding.tokens, axis=0)
            return Encoding(encoding.vector, again, np.append(encoding.ids[:1], encoding.ids))

    question = "注意と重みと勾配"
    plain, spaced = (
        read_query(question, index.generation, encoder).english
        for encoder in (index.encoder, Spaced())
    )
    assert len(spaced.weights) == len(spaced.tokens) == len(plain.tokens) + 1
    assert spaced.weights[1:].tolist() == plain.weights.tolist()
