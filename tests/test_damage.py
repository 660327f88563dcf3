"""Any damage to an index file is reported with its name and what to do, and never served."""

import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from conftest import DATA, run, run_here
from msgspec.structs import replace

from cs25search import open_index
from cs25search.encoding.encoder import OnnxEncoder
from cs25search.errors import EncoderError, IndexDamaged
from cs25search.index.check import check_index
from cs25search.index.files import read_generation, write_generation
from cs25search.index.publish import current_generation, ingest_lock
from cs25search.index.vectors import build_dense, cosines, top_k
from cs25search.integrity import is_stamped
from cs25search.place import BUNDLED
from cs25search.search import Index
from tests.reliability.crashes import Turns
from tests.reliability.damage import every_damage

QUESTION = "Why does the router need float32?"


def live(index_dir):
    return index_dir / current_generation(index_dir)


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.fixture
def two(index_dir, tmp_path):
    """An index with two generations; the older one is the bundled course."""
    copy = shutil.copytree(index_dir, tmp_path / "index")
    write_generation(copy, read_generation(copy))
    return copy


def test_every_damage_to_every_file_is_refused_by_name(index, tmp_path):
    turns = Turns(tmp_path / "index", index.encoder)
    cases = 0
    for damage, problem in every_damage(turns, flips=8):
        assert problem == "", damage
        cases += 1
    assert cases > 300


@pytest.mark.parametrize(
    "name",
    [
        "model.onnx",
        "query.onnx",
        "query.onnx.data",
        "tokenizer.json",
        "encoder.json",
        "encoder.sha256",
    ],
)
@pytest.mark.parametrize("damage", ["flip", "cut", "missing"])
def test_damaged_encoder_is_refused_by_name(index_dir, tmp_path, name, damage):
    (source,) = (index_dir / "models").iterdir()
    folder = shutil.copytree(source, tmp_path / source.name, copy_function=os.link)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 3] ^= 1
    (folder / name).unlink()
    if damage != "missing":
        (folder / name).write_bytes(content if damage == "flip" else content[:-1])
    with pytest.raises(EncoderError) as caught:
        OnnxEncoder(folder)
    assert name.removesuffix(".sha256") in str(caught.value)
    assert "cs25search ingest" in str(caught.value)


def test_generation_before_is_searched_and_the_program_says_so(two):
    older = min(path.parent.name for path in two.glob("*/manifest.json"))
    expected = [hit.chunk for hit in open_index(two).search(QUESTION)]
    flip(live(two) / "tokens.npy")
    index = open_index(two)
    assert index.name == older
    assert [hit.chunk for hit in index.search(QUESTION)] == expected
    done = run("cs25search", "search", QUESTION, "--json", "--index", two)
    assert done.returncode == 0
    assert json.loads(done.stdout)["generation"] == older
    for part in ("Warning", "tokens.npy has sha256", older, "cs25search ingest"):
        assert part in done.stderr
    assert "Traceback" not in done.stderr


def test_lost_pointer_is_told_and_the_newest_sound_generation_searched(two):
    newest = live(two).name
    for content in (None, b"", newest.encode(), b"20200101T000000Z-0000\n"):
        (two / "CURRENT").unlink()
        if content is not None:
            (two / "CURRENT").write_bytes(content)
        index = open_index(two)
        assert index.name == newest
        assert "CURRENT" in index.warning and "cs25search ingest" in index.warning
        (two / "CURRENT").write_text(f"{newest}\n")
        assert open_index(two).damage is None


def test_check_has_an_exit_code_for_each_state(two, tmp_path):
    sound = run("cs25search", "check", "--deep", "--index", two)
    assert (sound.returncode, sound.stderr) == (0, "")
    assert "cosine of 10 vectors" in sound.stdout
    flip(live(two) / "grams" / "data.csc.index.npy")
    flip(live(two) / "rows.npy")
    damaged = run_here("cs25search", "check", "--index", two)
    assert damaged.returncode == 1
    assert "data.csc.index.npy has sha256" in damaged.stdout
    assert "rows.npy has sha256" in damaged.stdout
    assert "cs25search ingest" in damaged.stderr
    missing = run_here("cs25search", "check", "--index", tmp_path / "none")
    assert missing.returncode == 2
    assert "cs25search ingest" in missing.stderr


def test_deep_check_finds_vectors_of_other_texts(index_copy):
    generation = read_generation(index_copy)
    rows = generation.vectors.reconstruct_n(0, generation.vectors.ntotal)
    write_generation(index_copy, replace(generation, vectors=build_dense(np.roll(rows, 1, axis=0))))
    assert check_index(index_copy).damaged == []
    (line,) = check_index(index_copy, deep=True).damaged
    assert "expected 0.999" in line


def test_checksums_are_compared_again_only_after_a_change(index_copy):
    folder = live(index_copy)
    read_generation(index_copy)
    if not is_stamped(folder):  # files younger than two seconds are not believed
        time.sleep(2.1)
        read_generation(index_copy)
    assert is_stamped(folder)
    path = folder / "tokens.npy"
    before = path.stat()
    flip(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # as if nothing had happened
    assert not is_stamped(folder)
    with pytest.raises(IndexDamaged, match=r"tokens\.npy"):
        read_generation(index_copy)


def test_index_on_a_full_or_read_only_disk_is_opened_without_a_stamp(index_dir, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/cache")
    assert open_index(index_dir).search(QUESTION)


def test_rows_that_are_not_there_are_never_returned():
    index = build_dense(np.eye(3))
    nowhere = np.full(3, np.nan)
    assert top_k(np.array([0.0, 1.0, 0.0]), index, k=1000).tolist()[0] == 1
    for k in (1, 3, 1000):
        for query in (nowhere, np.full(3, np.inf), np.zeros(3)):
            rows = top_k(query, index, k)
            assert len(rows) <= 3 and (rows >= 0).all()
    assert len(cosines(nowhere, index, np.zeros(0, np.int64))) == 0


def test_more_hits_than_chunks_are_asked_for(index, tmp_path):
    turns = Turns(tmp_path / "index", index.encoder)
    hits = open_index(turns.index_dir, index.encoder).search("giraffes", k=10_000)
    assert 0 < len(hits) <= 3
    assert all(hit.chunk.video_id == hit.video.video_id for hit in hits)


class Nowhere:
    """An encoder that returns NaN for a text."""

    def __init__(self, encoder):
        self.key, self.multilingual, self._encoder = encoder.key, False, encoder
        self.token_ids = encoder.token_ids

    def encode_query(self, text):
        encoding = self._encoder.encode_query(text)
        encoding.vector[:] = np.nan
        encoding.tokens[:] = np.nan
        return encoding


def test_query_without_a_number_is_an_error_and_never_a_wrong_hit(index):
    lost = Index(index.path, index.searcher.source, Nowhere(index.encoder))
    with pytest.raises(EncoderError, match="not finite"):
        lost.search(QUESTION)


def test_reader_of_an_old_generation_goes_on_while_two_are_published(two):
    old = open_index(two)
    expected = [(hit.chunk, hit.quote) for hit in old.search(QUESTION)]
    for _ in range(2):
        write_generation(two, read_generation(two))
    assert not (two / old.name).exists()
    assert [(hit.chunk, hit.quote) for hit in old.search(QUESTION)] == expected
    assert len(list(old.generation.chunks)) == len(old.generation.rows)
    assert {hit.generation for hit in old.search("attention")} == {old.name}


@pytest.mark.slow
def test_answers_name_their_generation_while_others_are_published(index, tmp_path):
    turns = Turns(tmp_path / "index", index.encoder)
    names = {}
    asked = 0

    def ask():
        opened = open_index(turns.index_dir, index.encoder)
        return opened.name, {hit.generation for hit in opened.search("giraffes")}, opened

    with ThreadPoolExecutor(8) as pool:
        for _ in range(10):
            answers = [pool.submit(ask) for _ in range(10)]
            write_generation(turns.index_dir, turns.next)
            assert turns.check() == ""
            for answer in answers:
                name, said, opened = answer.result()
                assert said == {name} and opened.damage is None
                found = turns.found(opened)
                assert found in turns.expected
                assert names.setdefault(name, found) == found
                asked += 1
    assert asked == 100 and len(names) >= 2


HOLD = """
import sys, time
from pathlib import Path
from cs25search.index.publish import ingest_lock
with ingest_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_lock_names_its_living_owner_and_dies_with_it(tmp_path):
    folder = tmp_path / BUNDLED.name
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, cwd=DATA
    )
    try:
        assert holder.stdout.readline() == b"held\n"
        refused = run("ingest", "--offline", "--index", tmp_path)
        assert refused.returncode == 2
        assert f"process {holder.pid}" in refused.stderr
    finally:
        holder.kill()
        holder.wait()
    assert (folder / "ingest.owner").read_text() == f"{holder.pid}\n"  # left by the killed one
    with ingest_lock(folder):
        assert (folder / "ingest.owner").read_text() == f"{os.getpid()}\n"


def test_older_formats_say_rebuild(index, tmp_path):
    formats = sorted((DATA / "formats").iterdir())
    assert formats
    for folder in formats:
        copy = shutil.copytree(folder, tmp_path / folder.name)
        with pytest.raises(IndexDamaged, match="this version reads format") as caught:
            open_index(copy, index.encoder)
        assert "cs25search ingest" in str(caught.value)
        # What the message says is what helps: the next generation is built beside the old one.
        turns = Turns(copy, index.encoder)
        assert turns.check() == ""
