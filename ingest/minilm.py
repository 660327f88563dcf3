"""The default encoder as ONNX without torch: a stored graph and the published weights.

`minilm.onnx` is the result of `encoder.export` for these weights, without torch's metadata (stack
traces, paths). Its tensors are in `model.onnx.data`, in the order and layout below, so that file
can be written from the .safetensors file in half a second.

`minilm-query.onnx` is the same graph for queries, by `supply.query_graph`: its matrices are 8-bit
integers in `query.onnx.data`, everything else is in `model.onnx.data`.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open
from tokenizers import Tokenizer

from cs25search.errors import EncoderError
from cs25search.integrity import sha256_of

NAME = "sentence-transformers/all-MiniLM-L6-v2"
VERSION = 3  # of what write_model writes
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# Equal to torch's export except for metadata in model.onnx; test_model.py compares them.
SHA256 = {
    "model.onnx": "c607e399f2d548adf500b77fe51626aaed81316eb37b7de867c6215ca4da02a8",
    "model.onnx.data": "5cc7f7d69ead33926191c7b9e546b8b5f5ed68a9de5ff48e65a07224fb88c167",
    "query.onnx": "4f3e78edd9eb80e81058699ce9623d40c90fc289372831413dbd7466c1fe2297",
    "query.onnx.data": "345fdc46d55737c6f77bdd378f6327be555d9ef4bc223c12ecaf30ad2caa614a",
    "tokenizer.json": "f17212c38517cfedc9306b57eeffbaf58c4976fcb42e5a87b405f36a7b9a9eb2",
}
# Without token_mean: centred token vectors find the same (docs/evaluation.md).
FACTS = {
    "dim": 384,
    "max_tokens": 256,
    "query_prompt": "",
    "document_prompt": "",
    "bfloat16": True,  # cosines of .9999 with float32, see docs/performance.md
    "multilingual": False,
}
GRAPH = Path(__file__).with_name("minilm.onnx")
QUERY_GRAPH = Path(__file__).with_name("minilm-query.onnx")

LAYERS, POSITIONS = 6, 512
# Seven bits, because the products of processors without VNNI could overflow with eight.
STEPS = 64
EMBEDDINGS = (
    "position_ids", "word_embeddings.weight", "token_type_embeddings.weight",
    "position_embeddings.weight", "LayerNorm.weight", "LayerNorm.bias",
)  # fmt: skip
# For each layer: tensors written unchanged, and matrices written transposed.
VECTORS = (
    "attention.self.query.bias", "attention.self.key.bias", "attention.self.value.bias",
    "attention.output.dense.bias", "attention.output.LayerNorm.weight",
    "attention.output.LayerNorm.bias", "intermediate.dense.bias", "output.dense.bias",
    "output.LayerNorm.weight", "output.LayerNorm.bias",
)  # fmt: skip
MATRICES = (
    "attention.self.query.weight", "attention.self.key.weight", "attention.self.value.weight",
    "attention.output.dense.weight", "intermediate.dense.weight", "output.dense.weight",
)  # fmt: skip


def write_model(source: Path, folder: Path) -> dict[str, Any]:
    """Write both graphs, their data and tokenizer.json into `folder`.

    Args:
        source: A folder with the published model, whose weights have WEIGHTS_SHA256.

    Returns:
        The facts for encoder.json.

    Raises:
        EncoderError: A file differs from the one that torch's export would write.
    """
    write_float32(source, folder)
    shutil.copyfile(QUERY_GRAPH, folder / "query.onnx")
    with (folder / "query.onnx.data").open("wb") as file:
        for matrix in _matrices(source / "model.safetensors"):
            for part in quantised(matrix):
                file.write(np.ascontiguousarray(part).data)
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.enable_padding(pad_id=0, pad_type_id=0, pad_token="[PAD]")  # noqa: S106
    tokenizer.save(str(folder / "tokenizer.json"))
    sums = {name: sha256_of(folder / name) for name in SHA256}
    for name, expected in SHA256.items():
        if sums[name] != expected:
            raise EncoderError(
                f"{name} made from {source} has sha256 {sums[name][:12]}, not {expected[:12]}.\n"
                "Reinstall the weights and the tokenizers package."
            )
    return FACTS | {"sha256": sums}


def write_float32(source: Path, folder: Path) -> None:
    """Write model.onnx and model.onnx.data into `folder`."""
    shutil.copyfile(GRAPH, folder / "model.onnx")
    with (folder / "model.onnx.data").open("wb") as file:
        for tensor in _tensors(source / "model.safetensors"):
            file.write(np.ascontiguousarray(tensor).data)


def _tensors(weights: Path) -> Iterator[np.ndarray]:
    """Yield the tensors of model.onnx.data in order."""
    with safe_open(weights, framework="numpy") as stored:
        for name in EMBEDDINGS:
            yield stored.get_tensor(f"embeddings.{name}")
        for layer in range(LAYERS):
            for name in VECTORS:
                yield stored.get_tensor(f"encoder.layer.{layer}.{name}")
        yield np.zeros((1, POSITIONS), np.int64)  # token types: all the same
    yield from _matrices(weights)


def _matrices(weights: Path) -> Iterator[np.ndarray]:
    """Yield the matrices of all layers, each of shape (n_in, n_out)."""
    with safe_open(weights, framework="numpy") as stored:
        for layer in range(LAYERS):
            for name in MATRICES:
                yield stored.get_tensor(f"encoder.layer.{layer}.{name}").T


def quantised(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a matrix as 8-bit integers, and the size of a step in each of its columns.

    As onnxruntime's `quantize_dynamic` does with `per_channel` and `reduce_range`.

    Args:
        matrix: Shape (n_in, n_out), float32.

    Returns:
        Steps, shape (n_in, n_out), int8, and their sizes, shape (n_out,), float32.

    >>> steps, sizes = quantised(np.array([[0.5, 4], [-1, 1]], np.float32))
    >>> steps.tolist(), sizes.tolist()
    ([[32, 64], [-64, 16]], [0.015625, 0.0625])
    """
    sizes = (2 * np.abs(matrix).max(axis=0) / np.float32(2 * STEPS)).astype(np.float32)
    return np.clip(np.rint(matrix / sizes), -STEPS, STEPS).astype(np.int8), sizes
