"""Text to vectors: one forward pass gives the pooled vector and a vector per token.

The encoder is a sentence-transformers model that `ingest` exported to ONNX, so that a query needs
onnxruntime and tokenizers but neither torch nor sentence-transformers. Its weights are in a
separate file, which onnxruntime maps: processes share them, and nothing is copied.

The default encoder also has a graph for queries, whose matrices are 8-bit integers: a query takes
less time and memory, and finds the same (docs/performance.md).
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol

import msgspec
import numpy as np
import onnxruntime
from tokenizers import Encoding as Tokenized
from tokenizers import Tokenizer

from ..errors import EncoderError
from ..integrity import broken_seal, fingerprint, is_stamped, leave_stamp, sha256_of

BATCH_TOKENS = 2048  # padded tokens per forward pass; fits the cache of a small machine
ENCODER_FACTS = ("name", "dim", "max_tokens", "query_prompt", "document_prompt", "multilingual")
MODEL, QUERY_MODEL = "model.onnx", "query.onnx"
ENCODER_FILES = (MODEL, f"{MODEL}.data", "tokenizer.json")
QUERY_FILES = (QUERY_MODEL, f"{QUERY_MODEL}.data")  # of the default encoder

# Maps token ids and mask, both (batch, length), int64, to pooled vectors and token vectors.
Forward = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


class Encoding(msgspec.Struct, frozen=True):
    """The result of one forward pass for one text.

    Attributes:
        vector: The pooled vector, unit length, shape (dim,), float32.
        tokens: One unit vector per token, without special tokens and those of the prompt, after
            the encoder's mean token vector was subtracted; shape (n_tokens, dim).
        ids: The token ids in the encoder's vocabulary, shape (n_tokens,), int64.
    """

    vector: np.ndarray
    tokens: np.ndarray
    ids: np.ndarray


class Encoder(Protocol):
    """The interface that search and ingest need. `key` identifies the exported weights."""

    key: str
    multilingual: bool  # reads Japanese as well as English
    dim: int
    vocabulary_size: int

    def __hash__(self) -> int: ...

    def encode_query(self, text: str) -> Encoding: ...

    def encode_documents(self, texts: Sequence[str]) -> Iterator[tuple[int, Encoding]]:
        """Yield (position in `texts`, encoding) in any order."""
        ...

    def token_ids(self, texts: Sequence[str]) -> list[np.ndarray]: ...


class OnnxEncoder:
    """An exported encoder, loaded from `<index>/models/<key>/`."""

    def __init__(self, folder: Path, forward: Forward | None = None, once: bool = False) -> None:
        """Load the encoder.

        Args:
            folder: `<index>/models/<key>/`.
            forward: Another engine over the same weights, for queries too; None for onnxruntime on
                one core.
            once: For a single query, see `onnx_forward`.

        Raises:
            EncoderError: A file is missing or differs from the exported one.
        """
        facts = read_encoder_facts(folder)
        self.key = folder.name
        self.name = str(facts["name"])
        self.multilingual = bool(facts["multilingual"])
        self.dim = int(facts["dim"])
        self._query_prompt = str(facts["query_prompt"])
        self._document_prompt = str(facts["document_prompt"])
        self._token_mean = _read_token_mean(facts, folder)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(int(facts["max_tokens"]))
        self.vocabulary_size = self._tokenizer.get_vocab_size()
        if forward is None and QUERY_MODEL in facts["sha256"]:
            self._query_forward = onnx_forward(folder, once=once, model=QUERY_MODEL)
            self._forward = loaded_when_used(partial(onnx_forward, folder))
        else:
            self._forward = self._query_forward = forward or onnx_forward(folder, once=once)

    def encode_query(self, text: str) -> Encoding:
        """Return the encoding of one query."""
        prompt = self._query_prompt
        encoded = self._tokenizer.encode(prompt + text)
        return self._encoding(*self._run([encoded], prompt, self._query_forward)[0])

    def encode_documents(self, texts: Sequence[str]) -> Iterator[tuple[int, Encoding]]:
        """Yield (position in `texts`, encoding), grouped by length."""
        prompt = self._document_prompt
        encoded = self._tokenizer.encode_batch([prompt + text for text in texts])
        # Batches of equal length waste no work on padding.
        order = sorted(range(len(encoded)), key=lambda row: len(encoded[row].ids))
        while order:
            longest = max(1, len(encoded[order[-1]].ids))
            batch = [order.pop() for _ in range(min(len(order), max(1, BATCH_TOKENS // longest)))]
            found = self._run([encoded[row] for row in batch], prompt, self._forward)
            yield from zip(batch, [self._encoding(*one) for one in found], strict=True)

    def token_ids(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Return the token ids that the encodings of documents have, without encoding them."""
        prompt = self._document_prompt
        prompted = [prompt + text for text in texts]
        if len(prompted) == 1:  # not worth starting other threads
            encoded = [self._tokenizer.encode(prompted[0])]
        else:
            encoded = self._tokenizer.encode_batch(prompted)
        return [np.array(item.ids)[_is_of_text(item, prompt)] for item in encoded]

    def mean_token(self, texts: Sequence[str]) -> np.ndarray:
        """Return the mean of the token vectors of documents before centring, shape (dim,)."""
        prompt = self._document_prompt
        encoded = self._tokenizer.encode_batch([prompt + text for text in texts])
        tokens = [self._run([item], prompt, self._forward)[0][1] for item in encoded]
        mean: np.ndarray = np.concatenate(tokens).mean(axis=0)
        return mean

    def _encoding(self, vector: np.ndarray, tokens: np.ndarray, ids: np.ndarray) -> Encoding:
        centred = tokens if self._token_mean is None else tokens - self._token_mean
        return Encoding(unit(vector), unit(centred), ids)

    def _run(
        self, encoded: Sequence[Tokenized], prompt: str, forward: Forward
    ) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Return the pooled vector, token vectors and token ids of each text, as the model gives.

        Args:
            encoded: Texts that begin with the prompt.
        """
        longest = max(len(item.ids) for item in encoded)
        ids = np.zeros((len(encoded), longest), np.int64)
        mask = np.zeros((len(encoded), longest), np.int64)
        for row, item in enumerate(encoded):
            ids[row, : len(item.ids)] = item.ids
            mask[row, : len(item.ids)] = 1
        vectors, tokens = forward(ids, mask)
        found = []
        for row, item in enumerate(encoded):
            own = np.flatnonzero(_is_of_text(item, prompt))
            found.append((vectors[row], tokens[row, own], ids[row, own]))
        return found


def _is_of_text(encoded: Tokenized, prompt: str) -> np.ndarray:
    """Return which tokens are neither special nor part of the prompt, shape (n_tokens,)."""
    is_own: np.ndarray = np.array(encoded.special_tokens_mask) == 0
    if prompt:
        # The space after a prompt may be a token, or part of the first one of the text.
        is_own &= np.array([end for _, end in encoded.offsets]) > len(prompt.rstrip())
    return is_own


def _read_token_mean(facts: Mapping[str, Any], folder: Path) -> np.ndarray | None:
    """Return the vector to subtract from token vectors, shape (dim,); None if there is none.

    Raises:
        EncoderError: It has another number of dimensions than the encoder.
    """
    if "token_mean" not in facts:  # the default encoder, and exports by earlier versions
        return None
    mean = np.array(facts["token_mean"], np.float32)
    if mean.shape != (int(facts["dim"]),) or not np.isfinite(mean).all():
        raise EncoderError(
            f"{folder / 'encoder.json'} has a token_mean of shape {mean.shape}, "
            f"expected {facts['dim']} finite numbers.\n"
            f"Delete {folder} and export it again: cs25search ingest"
        )
    return mean


def loaded_when_used(load: Callable[[], Forward]) -> Forward:
    """Return a forward pass that is loaded when it is first used."""
    loaded = cache(load)
    return lambda ids, mask: loaded()(ids, mask)


def onnx_forward(folder: Path, threads: int = 1, once: bool = False, model: str = MODEL) -> Forward:
    """Return the forward pass of an exported encoder in onnxruntime; threads can share it.

    Args:
        threads: Cores for one pass. More than one only helps with batches.
        once: Skip the rearranging of weights for fast products, which takes longer than one query.
        model: Which of the graphs in the folder.

    Raises:
        EncoderError: onnxruntime cannot load the encoder.
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors only: keep the user's console clean
    options.intra_op_num_threads = threads
    if once:
        options.add_session_config_entry("session.disable_prepacking", "1")
    try:
        session = onnxruntime.InferenceSession(
            str(folder / model), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime's exceptions have no common public base class
        raise EncoderError(
            f"{folder / model} cannot be loaded ({error}).\n"
            f"Delete {folder} and export it again: cs25search ingest"
        ) from error
    names = ["sentence_embedding", "token_embeddings"]

    def forward(ids: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        vectors, tokens = session.run(names, {"input_ids": ids, "attention_mask": mask})
        return vectors, tokens

    return forward


def unit(rows: np.ndarray) -> np.ndarray:
    """Return the rows scaled to length 1; rows of zeros stay zeros.

    >>> unit(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1)


def read_encoder_facts(folder: Path) -> dict[str, Any]:
    """Check the files of an exported encoder and return what encoder.json says about it.

    Raises:
        EncoderError: A file is missing or its checksum differs from the recorded one.
    """
    cure = f"Delete {folder} and export it again: cs25search ingest"
    _check_files(folder, (*ENCODER_FILES, "encoder.json"), cure)
    if problem := broken_seal(folder / "encoder.json"):
        raise EncoderError(f"{folder / 'encoder.json'} {problem}.\n{cure}")
    try:
        facts: dict[str, Any] = json.loads((folder / "encoder.json").read_bytes())
        files = (*ENCODER_FILES, *(QUERY_FILES if QUERY_MODEL in facts["sha256"] else ()))
        sums = {name: str(facts["sha256"][name]) for name in files}
        absent = [name for name in ENCODER_FACTS if name not in facts]
        if absent:
            raise KeyError(*absent)  # exported by an older version
    except (ValueError, KeyError, TypeError) as error:
        raise EncoderError(
            f"{folder / 'encoder.json'} cannot be read ({error!r}).\n{cure}"
        ) from None
    _check_files(folder, files, cure)
    if is_stamped(folder):
        return facts
    compared = fingerprint(folder)
    for name, expected in sums.items():
        if (found := sha256_of(folder / name)) != expected:
            raise EncoderError(
                f"{folder / name} has sha256 {found[:12]}, expected {expected:.12}.\n{cure}"
            )
    leave_stamp(folder, compared)
    return facts


def _check_files(folder: Path, names: Sequence[str], cure: str) -> None:
    """Check that files are there.

    Raises:
        EncoderError: One is missing.
    """
    if missing := [name for name in names if not (folder / name).is_file()]:
        raise EncoderError(f"The encoder in {folder} lacks {', '.join(missing)}.\n{cure}")
