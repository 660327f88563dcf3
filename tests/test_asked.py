"""The best hits are compared again, by the nearest of their Japanese questions."""

import numpy as np
from msgspec.structs import replace

from cs25search.encoding.bridge import Bridge
from cs25search.ranking.asked import named, prefer_asked
from cs25search.records import Chunk, Hit, Video

VIDEO = Video("v", "t", (), 100.0)
BRIDGE = Bridge({"注意": 0, "仕組み": 1}, np.zeros((2, 8)), np.array([1.0, 2.0]))


def _hit(score, *asks_ja, start=0.0, rank=1):
    note = Chunk(
        chunk_id=f"c{start}", video_id="v", kind="note", start=start, end=start + 10,
        title="t", text="text", text_ja="本文", asks_ja=asks_ja,
    )  # fmt: skip
    return Hit(VIDEO, note, note, start, start + 10, "text", None, score, rank)


def test_the_nearest_question_decides_between_close_hits():
    other, asked = _hit(8.0, "注意の計算量は？"), _hit(7.5, "注意の仕組みは？", start=20.0, rank=2)
    found = prefer_asked("注意の仕組みは？", [], [other, asked], BRIDGE)
    assert [hit.start for hit in found] == [20.0, 0.0]
    assert [(hit.rank, hit.score) for hit in found] == [(1, 8.0), (2, 7.5)]  # those of the places


def test_hits_without_japanese_questions_keep_order_and_score():
    hits = [_hit(8.0), _hit(7.5, start=20.0)]
    assert [(hit.start, hit.score) for hit in prefer_asked("注意とは？", [], hits, BRIDGE)] == [
        (0.0, 8.0),
        (20.0, 7.5),
    ]


def test_speech_without_a_note_keeps_its_place():
    speech, other = _hit(8.0), _hit(7.8, "注意の計算量は？", start=20.0, rank=2)
    asked = _hit(7.5, "注意の仕組みは？", start=40.0, rank=3)
    found = prefer_asked("注意の仕組みは？", [], [speech, other, asked], BRIDGE)
    assert [hit.start for hit in found] == [0.0, 40.0, 20.0]


def test_a_hit_with_the_names_of_the_question_comes_before_a_close_one_without():
    question = "少ないデータで学習？"
    other = _hit(8.0, question)
    about = _hit(7.5, question, "ViTとは？", start=20.0, rank=2)
    assert prefer_asked(question, [], [other, about], BRIDGE)[0].start == 0.0
    assert prefer_asked(question, [{"vit"}], [other, about], BRIDGE)[0].start == 20.0
    assert named([{"vit"}, {"glom"}], about) == 0.5
    assert named([{"データ"}], about) == 1
    assert named([{"vit"}], replace(about, note=None)) == named([], about) == 0


def test_more_hits_only_follow_those_already_found(index):
    question = "エキスパートの負荷はどう均等にする？"
    more = index.search(question, k=8)
    assert [hit.start for hit in index.search(question, k=2)] == [hit.start for hit in more[:2]]
    assert [hit.score for hit in more] == sorted((hit.score for hit in more), reverse=True)
