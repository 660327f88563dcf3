"""The bridge learns which Japanese words correspond to which English tokens."""

import numpy as np

from cs25search.encoding.bridge import Pair, build_bridge
from cs25search.encoding.encoder import unit


def test_word_takes_the_vector_of_the_token_it_goes_with():
    # Three sentences in which 犬 goes with token 1, 猫 with token 2, and は with both.
    dog, cat, be = np.eye(3, 8, dtype=np.float32)
    pairs = [
        Pair(["犬", "は"], np.array([1, 3]), np.stack([dog, be])),
        Pair(["猫", "は"], np.array([2, 3]), np.stack([cat, be])),
        Pair(["犬"], np.array([1]), dog[None]),
        Pair(["猫"], np.array([2]), cat[None]),
    ]
    bridge = build_bridge(pairs, [pair.words for pair in pairs], dim=8)
    vectors, weights = bridge.look_up(["犬", "猫", "鳥"])
    assert vectors.shape == (2, 8)
    assert np.allclose(vectors @ np.stack([dog, cat]).T, np.eye(2), atol=0.1)
    assert (weights > 0).all()


def test_nothing_to_learn_from_gives_an_empty_bridge():
    bridge = build_bridge([], [], dim=8)
    vectors, weights = bridge.look_up(["犬"])
    assert (vectors.shape, weights.shape) == ((0, 8), (0,))


def test_bundled_course_puts_translations_near_each_other(index):
    encoder, bridge = index.encoder, index.generation.bridge
    for japanese, english, other in (("注意", "attention", "audio"), ("音声", "audio", "image")):
        vector = bridge.look_up([japanese])[0][0]
        near, far = (unit(encoder.encode_query(w).tokens.mean(axis=0)) for w in (english, other))
        assert vector @ near > vector @ far
