"""Late interaction agrees with its definition, computed token by token in floats."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from cs25search.encoding.encoder import unit
from cs25search.index import late
from cs25search.index.late import maxsim, pack, unpack


def naive_maxsim(query, weights, chunks):
    """Return the weighted mean of best cosines, chunk by chunk."""
    shares = weights / weights.sum()
    return [float(shares @ (query @ chunk.T).max(axis=1)) for chunk in chunks]


@pytest.mark.parametrize(("dim", "off"), [(16, 0.005), (20, 0.005), (384, 0.001)])
def test_scores_are_those_of_the_definition(dim, off):
    random = np.random.default_rng(7)
    query = unit(random.normal(size=(9, dim)).astype(np.float32))
    weights = random.random(9).astype(np.float32)
    lengths = random.integers(1, 150, 40)
    packed = pack(random.normal(size=(lengths.sum(), dim)))
    chunks = np.split(unpack(packed, dim), np.cumsum(lengths)[:-1])
    scores, begins = maxsim(query, weights, packed, lengths, np.ones(40, np.int64))
    assert np.allclose(scores, naive_maxsim(query, weights, chunks), atol=off)
    assert not begins.any()


def test_a_token_of_zeros_changes_nothing():
    query = np.zeros((2, 16), np.float32)
    query[0, :4] = 0.5
    packed = pack(np.ones((3, 16)))
    scores, _ = maxsim(query, np.ones(2), packed, np.array([3]), np.array([1]))
    assert scores[0] == pytest.approx(0.25, abs=1e-3)


def test_stretch_begins_where_the_match_is():
    query = unit(np.random.default_rng(1).normal(size=(4, 64)))
    tokens = np.random.default_rng(2).normal(size=(40, 64))
    tokens[30:34] = query
    scores, begins = maxsim(query, np.ones(4), pack(tokens), np.array([40]), np.array([4]))
    assert begins.tolist() in ([20], [30])
    assert scores[0] > 0.7


def test_matmul_is_the_one_operator_it_says():
    """Shows the content of matmul.onnx and how to create it."""
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["bits", "query"], ["products"])],
        "matmul",
        [
            helper.make_tensor_value_info("bits", TensorProto.UINT8, ["n", "dim"]),
            helper.make_tensor_value_info("query", TensorProto.INT8, ["dim", "m"]),
        ],
        [helper.make_tensor_value_info("products", TensorProto.INT32, ["n", "m"])],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=9)
    assert onnx.load(Path(late.__file__).with_name("matmul.onnx")) == made
