"""A generation is written completely or not at all, and changed files are reported."""

import json
import shutil

import numpy as np
import pytest

from cs25search import Cs25SearchError, open_index
from cs25search.errors import IndexDamaged, IndexMissing
from cs25search.index.files import read_generation, read_manifest, write_generation
from cs25search.index.publish import current_generation, ingest_lock


def live(index_dir):
    return index_dir / current_generation(index_dir)


def test_what_is_written_is_read_again(index_copy):
    old = read_generation(index_copy)
    name = write_generation(index_copy, old)
    new = read_generation(index_copy)
    assert new.manifest.generation == name == current_generation(index_copy)
    assert new.videos == old.videos
    assert new.slides == old.slides
    assert list(new.chunks) == list(old.chunks)
    for array in ("rows", "tokens", "token_idf", "slide_vectors"):
        assert np.array_equal(getattr(new, array), getattr(old, array)), array
    assert new.vectors.ntotal == old.vectors.ntotal
    assert new.grams.scores([" ro"]).tolist() == old.grams.scores([" ro"]).tolist()


def test_only_the_live_generation_and_the_one_before_stay(index_copy):
    generation = read_generation(index_copy)
    names = [current_generation(index_copy)]
    names += [write_generation(index_copy, generation) for _ in range(2)]
    left = {path.parent.name for path in index_copy.glob("*/manifest.json")}
    assert left == set(names[-2:])


def test_left_over_of_a_killed_build_is_removed_by_the_next(index_copy):
    left_over = index_copy / ".building-20200101T000000Z-0000"
    left_over.mkdir()
    write_generation(index_copy, read_generation(index_copy))
    assert not left_over.exists()


def test_failed_write_leaves_the_old_generation(index_copy, monkeypatch):
    before = current_generation(index_copy)
    generation = read_generation(index_copy)

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cs25search.index.files.write_dense", full)
    with pytest.raises(OSError, match="No space left"):
        write_generation(index_copy, generation)
    assert current_generation(index_copy) == before
    assert not list(index_copy.glob(".building-*"))
    assert open_index(index_copy).search("router")


def test_every_file_that_changed_by_one_bit_is_named(index_copy):
    folder = live(index_copy)
    files = read_manifest(folder).files
    assert len(files) > 10
    for name in files:
        path = folder / name
        content = path.read_bytes()
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        with pytest.raises(IndexDamaged) as caught:
            read_generation(index_copy)
        assert str(path) in str(caught.value)
        assert "cs25search ingest" in str(caught.value)
        path.write_bytes(content)
    read_generation(index_copy)


@pytest.mark.parametrize("damage", ["missing", "short", "empty"])
def test_missing_and_short_files_are_named(index_copy, damage):
    path = live(index_copy) / "tokens.npy"
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(content[: len(content) // 2] if damage == "short" else b"")
    with pytest.raises(IndexDamaged, match=r"tokens\.npy"):
        read_generation(index_copy)


def test_manifest_of_another_format_says_rebuild(index_copy):
    path = live(index_copy) / "manifest.json"
    content = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(content | {"format": 99}), "utf-8")
    with pytest.raises(IndexDamaged, match="has format 99; this version reads format"):
        read_generation(index_copy)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe"])
def test_broken_manifest_is_named(index_copy, content):
    (live(index_copy) / "manifest.json").write_bytes(content)
    with pytest.raises(IndexDamaged, match=r"manifest\.json"):
        read_generation(index_copy)


def test_no_index_says_how_to_build_one(tmp_path):
    with pytest.raises(IndexMissing, match="cs25search ingest"):
        open_index(tmp_path)


@pytest.mark.parametrize("name", ["", "gone", "../outside", "/etc", "a\0b"])
def test_current_cannot_lead_elsewhere(index_copy, name):
    outside = index_copy.parent / "outside"
    shutil.copytree(live(index_copy), outside)
    (index_copy / "CURRENT").write_text(name)
    with pytest.raises(IndexDamaged, match="CURRENT"):
        read_generation(index_copy)


def test_generation_under_another_name_is_refused(index_copy):
    live(index_copy).rename(index_copy / "20200101T000000Z-0000")
    (index_copy / "CURRENT").write_text("20200101T000000Z-0000\n")
    with pytest.raises(IndexDamaged, match="belongs to generation"):
        read_generation(index_copy)


def test_second_ingest_is_told_who_holds_the_index(tmp_path):
    import os

    with (
        ingest_lock(tmp_path),
        pytest.raises(Cs25SearchError, match=f"process {os.getpid()}"),
        ingest_lock(tmp_path),
    ):
        pass


def test_no_file_holds_a_pickle(index_dir):
    for path in live(index_dir).rglob("*.npy"):
        np.load(path, allow_pickle=False)
    suffixes = {path.suffix for path in live(index_dir).rglob("*") if path.is_file()}
    assert suffixes == {".npy", ".json", ".jsonl", ".faiss", ".sha256", ".tsv"}
