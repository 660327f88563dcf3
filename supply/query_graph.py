"""python -m supply.query_graph: rewrite ingest/minilm-query.onnx from ingest/minilm.onnx.

The graph of the default encoder with integer matrix products, as onnxruntime's `quantize_dynamic`
makes it. Tensors are left out: those it shares with minilm.onnx are in `model.onnx.data`, the
quantised matrices and their step sizes in `query.onnx.data`, in the order of `ingest.minilm`.
"""

import sys
import tempfile
from pathlib import Path

import onnx
from onnx import TensorProto
from onnxruntime.quantization import QuantType, quantize_dynamic

from ingest.encoder import DEFAULT_ENCODER, find_model
from ingest.minilm import QUERY_GRAPH, write_float32

DATA = "query.onnx.data"
STEPS, SIZES, ZERO = "_quantized", "_scale", "_zero_point"


def quantise(exported: Path, made: Path) -> None:
    """Write a graph with integer matrix products and all its tensors into `made`.

    Args:
        exported: A folder with model.onnx and model.onnx.data.
    """
    quantize_dynamic(
        exported / "model.onnx", made, per_channel=True, reduce_range=True,
        weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"],
        extra_options={"MatMulConstBOnly": True},
    )  # fmt: skip


def query_graph(exported: Path) -> bytes:
    """Return the graph for queries.

    Args:
        exported: A folder with model.onnx and model.onnx.data.
    """
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made.onnx"
        quantise(exported, made)
        graph = onnx.load(made)
    given = onnx.load(exported / "model.onnx", load_external_data=False).graph.initializer
    stored = {one.name: one for one in given}
    matrices = {one.name.removesuffix(STEPS) for one in graph.graph.initializer
                if one.name.endswith(STEPS)}  # fmt: skip
    tensors = {one.name: one for one in graph.graph.initializer}
    offset = 0
    for name in sorted(matrices, key=lambda name: _offset(stored[name])):
        for kind in (STEPS, SIZES):
            offset += _move(tensors[name + kind], offset)
    for name, tensor in tensors.items():
        if name in stored:
            tensor.CopyFrom(stored[name])
    return bytes(graph.SerializeToString(deterministic=True))


def _offset(tensor: TensorProto) -> int:
    return next(int(one.value) for one in tensor.external_data if one.key == "offset")


def _move(tensor: TensorProto, offset: int) -> int:
    """Refer to a place in DATA instead of holding the values; return their number of bytes."""
    length = len(tensor.raw_data) or 4 * len(tensor.float_data)
    tensor.ClearField("raw_data")
    tensor.ClearField("float_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", DATA), ("offset", offset), ("length", length)):
        tensor.external_data.add(key=key, value=str(value))
    return length


def main() -> None:
    """Write the file."""
    source = find_model(DEFAULT_ENCODER, offline=True)
    with tempfile.TemporaryDirectory() as folder:
        write_float32(source, Path(folder))
        QUERY_GRAPH.write_bytes(query_graph(Path(folder)))
    print(f"{QUERY_GRAPH}: {QUERY_GRAPH.stat().st_size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
