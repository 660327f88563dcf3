"""The index on disk. Only this module knows its files.

    index/NAME/                 NAME is the course
      CURRENT                 one line with the name of the live generation
      <generation>/
        manifest.json         what was indexed with which encoder, and every file's size and sha256
        manifest.sha256       the checksum of the manifest itself
        about.json            what is known about the course: title, lectures, deck
        videos.jsonl          one Video per line
        slides.jsonl          one Slide per line; slide_vectors.npy has the same rows
        chunks.jsonl          one Chunk per line; line i is row i of every array below
        rows.npy              per chunk: video, start, end, number of tokens, key of its text
        lines.npy             byte offset of each line of chunks.jsonl, and the end
        vectors.faiss         pooled vectors
        tokens.npy            token vectors of all chunks in order, one bit per dimension
        token_idf.npy         idf of each token id
        grams/                BM25 over English n-grams
        bigrams/, words/      BM25 over pairs of Japanese characters, and over Japanese words
        bridge*               vectors of Japanese words, see bridge.py
        dictionary.tsv        English for Japanese words, if the English is in the index
        handbook*             questions about the course itself, see handbook.py
        explanations*         questions about what is taught, see explanations.py
        word_counts.json      how many chunks contain each English word
      models/<key>/           exported encoders, shared by generations

A reader sees either the old generation or the new one, never part of one: see publish.py. Each file
is checked against the manifest: see integrity.py. No file contains a pickle.
"""

import datetime
import json
import mmap
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar, overload

import msgspec
import numpy as np
from msgspec.structs import replace

from ..encoding.bridge import Bridge
from ..encoding.dictionary import Dictionary
from ..errors import IndexDamaged
from ..integrity import (
    FileFacts,
    altered,
    broken_seal,
    fingerprint,
    is_stamped,
    leave_stamp,
    map_file,
    seal,
    sha256_of,
    wrong_size,
)
from ..records import About, Chunk, Entry, Explanation, Slide, Video
from .bm25 import Lexical
from .explanations import Explanations, no_explanations
from .generation import FORMAT, ROW, Generation, Manifest
from .handbook import EntryWords, Handbook, no_handbook
from .publish import current_generation, publish
from .vectors import read_dense, write_dense
from .word_counts import WordCounts, count_words

T = TypeVar("T")
DECODED = 1000  # chunks kept after they were decoded, some megabytes


class ChunkFile(Sequence[Chunk]):
    """chunks.jsonl, decoded line by line on access; the chunks used last are kept."""

    def __init__(self, path: Path, lines: np.ndarray) -> None:
        self._path = path
        self._lines = lines
        self._bytes = map_file(path) if lines[-1] else b""
        # Search, answer and map of a page show the same notes. Not a method, which would make
        # a circle of references and keep the file mapped.
        self._read = lru_cache(maxsize=DECODED)(partial(_read_chunk, path, lines, self._bytes))

    def __iter__(self) -> Iterator[Chunk]:
        """Yield all chunks without keeping them."""
        for row in range(len(self)):
            yield _read_chunk(self._path, self._lines, self._bytes, row)

    def __len__(self) -> int:
        return len(self._lines) - 1

    @overload
    def __getitem__(self, row: int) -> Chunk: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[Chunk]: ...
    def __getitem__(self, row: int | slice) -> Chunk | Sequence[Chunk]:
        if isinstance(row, slice):
            return [self[i] for i in range(*row.indices(len(self)))]
        if not 0 <= row < len(self):
            raise IndexError(f"row {row} of {len(self)} chunks")
        return self._read(row)


def _read_chunk(path: Path, lines: np.ndarray, content: mmap.mmap | bytes, row: int) -> Chunk:
    return _decode(content[lines[row] : lines[row + 1]], Chunk, path, row + 1)


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a generation.

    Raises:
        IndexDamaged: It is missing, altered, or of another format version.
    """
    path = folder / "manifest.json"
    broken = broken_seal(path)
    try:
        content = path.read_bytes()
        version = json.loads(content).get("format")
    except (OSError, ValueError, AttributeError) as error:
        raise IndexDamaged(path, broken or f"cannot be read ({error})") from None
    if (
        version != FORMAT
    ):  # checked even if the checksum is wrong: other formats may use another checksum
        raise IndexDamaged(path, f"has format {version!r}; this version reads format {FORMAT}")
    if broken:
        raise IndexDamaged(path, broken)
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except msgspec.DecodeError as error:
        raise IndexDamaged(path, f"cannot be read ({error})") from None
    if manifest.generation != folder.name.removeprefix(".building-"):
        raise IndexDamaged(path, f"belongs to generation {manifest.generation!r}")
    return manifest


def read_generation(index_dir: Path, name: str | None = None) -> Generation:
    """Open a generation, the live one by default; every file is checked against the manifest.

    Raises:
        IndexMissing: Nothing has been built here.
        IndexDamaged: A file is missing or is not the one that was written.
    """
    if name is not None:
        return _read_folder(index_dir / name)
    name = current_generation(index_dir)
    while True:
        try:
            return _read_folder(index_dir / name)
        except IndexDamaged:
            # Two newer generations may have been published meanwhile, and this one removed.
            if (name_now := current_generation(index_dir)) == name:
                raise
            name = name_now


def read_about(index_dir: Path) -> About:
    """Return what is known about the course of the live generation.

    Raises:
        IndexMissing: Nothing has been built here.
        IndexDamaged: It cannot be read.
    """
    path = index_dir / current_generation(index_dir) / "about.json"
    try:
        return _read_json(path, About)
    except OSError as error:
        raise IndexDamaged(path, f"cannot be read ({error.strerror or error})") from None


def write_generation(index_dir: Path, generation: Generation) -> str:
    """Write a generation, make it the live one, and return its name.

    If it is interrupted at any point, either the old or the new generation is live and complete.

    Raises:
        OSError: The system refuses to write.
        IndexDamaged: What was written cannot be read back.
    """
    import secrets  # only writers need it

    now = datetime.datetime.now(datetime.UTC)
    name = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"

    def write(building: Path) -> None:
        _write_files(building, generation)
        files = {
            path.relative_to(building).as_posix(): FileFacts(path.stat().st_size, sha256_of(path))
            for path in sorted(building.rglob("*"))
            if path.is_file()
        }
        manifest = replace(
            generation.manifest,
            format=FORMAT,
            generation=name,
            created=now.isoformat(timespec="seconds"),
            files=files,
        )
        content = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        (building / "manifest.json").write_bytes(content + b"\n")
        seal(building / "manifest.json")
        # C code does not always report a full disk when it closes a file.
        _open_files(building, manifest)

    publish(index_dir, name, write)
    return name


def _read_folder(folder: Path) -> Generation:
    try:
        manifest = read_manifest(folder)
        _check_files(folder, manifest)
        return _open_files(folder, manifest)
    except OSError as error:
        raise IndexDamaged(
            Path(error.filename or folder), f"cannot be read ({error.strerror or error})"
        ) from None


def _check_files(folder: Path, manifest: Manifest) -> None:
    """Compare sizes, and checksums unless a stamp says that they were compared (integrity.py)."""
    for name, facts in manifest.files.items():
        if problem := wrong_size(folder / name, facts):
            raise IndexDamaged(folder / name, problem)
    if is_stamped(folder):
        return
    compared = fingerprint(folder)
    for path, problem in altered(folder, manifest.files):
        raise IndexDamaged(path, problem)
    leave_stamp(folder, compared)


def _open_files(folder: Path, manifest: Manifest) -> Generation:
    chunks = ChunkFile(folder / "chunks.jsonl", _read_array(folder / "lines.npy"))
    generation = Generation(
        manifest=manifest,
        about=_read_json(folder / "about.json", About),
        videos=_read_lines(folder / "videos.jsonl", Video),
        slides=_read_lines(folder / "slides.jsonl", Slide),
        chunks=chunks,
        rows=_read_array(folder / "rows.npy"),
        vectors=read_dense(folder / "vectors.faiss"),
        tokens=_read_array(folder / "tokens.npy"),
        token_idf=_read_array(folder / "token_idf.npy"),
        slide_vectors=_read_array(folder / "slide_vectors.npy"),
        grams=Lexical.read(folder / "grams"),
        bigrams=Lexical.read(folder / "bigrams"),
        words=Lexical.read(folder / "words"),
        word_counts=_read_word_counts(folder, chunks),
        bridge=_read_bridge(folder),
        dictionary=Dictionary(map_file(folder / "dictionary.tsv")),
        read_handbook=_open_handbook(folder),
        read_explanations=_open_explanations(folder),
    )
    _check_rows(folder, generation)
    return generation


def _write_files(folder: Path, generation: Generation) -> None:
    (folder / "about.json").write_bytes(msgspec.json.encode(generation.about) + b"\n")
    _write_lines(folder / "videos.jsonl", generation.videos)
    _write_lines(folder / "slides.jsonl", generation.slides)
    _write_lines(folder / "handbook.jsonl", generation.handbook.entries)
    _write_lines(folder / "handbook_words.jsonl", generation.handbook.entry_words)
    _write_lines(folder / "explanations.jsonl", generation.explanations.items)
    lines = _write_lines(folder / "chunks.jsonl", generation.chunks)
    arrays = {
        "lines": np.array(lines, np.int64),
        "rows": generation.rows,
        "tokens": generation.tokens,
        "token_idf": generation.token_idf,
        "slide_vectors": generation.slide_vectors,
        "bridge_vectors": generation.bridge.vectors,
        "bridge_idf": generation.bridge.idf,
        "handbook_tokens": generation.handbook.tokens,
        "handbook_ids": generation.handbook.ids,
        "handbook_lengths": generation.handbook.lengths,
        "explanations_tokens": generation.explanations.tokens,
        "explanations_ids": generation.explanations.ids,
        "explanations_lengths": generation.explanations.lengths,
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    write_dense(generation.vectors, folder / "vectors.faiss")
    generation.grams.write(folder / "grams")
    generation.bigrams.write(folder / "bigrams")
    generation.words.write(folder / "words")
    (folder / "word_counts.json").write_bytes(msgspec.json.encode(generation.word_counts))
    (folder / "dictionary.tsv").write_bytes(generation.dictionary.lines)
    (folder / "bridge.json").write_bytes(msgspec.json.encode(list(generation.bridge.words)))


def _write_lines(path: Path, records: Sequence[Any]) -> list[int]:
    """Write one record per line; return the byte offset of each, and the end."""
    begins = [0]
    with path.open("wb") as file:
        for record in records:
            begins.append(begins[-1] + file.write(msgspec.json.encode(record) + b"\n"))
    return begins


def _read_lines(path: Path, kind: type[T]) -> tuple[T, ...]:
    return _decode_lines(path.read_bytes(), kind, path)


def _decode_lines(content: mmap.mmap | bytes, kind: type[T], path: Path) -> tuple[T, ...]:
    lines = content[:].splitlines()
    return tuple(_decode(line, kind, path, n) for n, line in enumerate(lines, start=1))


def _decode(line: bytes, kind: type[T], path: Path, number: int) -> T:
    try:
        return msgspec.json.decode(line, type=kind)
    except msgspec.DecodeError as error:
        raise IndexDamaged(path, f"cannot be read at line {number} ({error})") from None


def _read_json(path: Path, kind: type[T]) -> T:
    return _decode(path.read_bytes(), kind, path, 1)


def _read_bridge(folder: Path) -> Bridge:
    path = folder / "bridge.json"
    words = _decode(path.read_bytes(), list[str], path, 1)
    vectors, idf = (_read_array(folder / f"bridge_{part}.npy") for part in ("vectors", "idf"))
    return Bridge({word: row for row, word in enumerate(words)}, vectors, idf)


def _open_handbook(folder: Path) -> Callable[[], Handbook]:
    """Return a function that decodes the handbook, which not every question needs."""
    path = folder / "handbook.jsonl"
    if not path.exists():  # written by an earlier version
        return no_handbook
    tokens, ids, lengths = _read_texts(folder, "handbook")
    entries, words = map_file(path), folder / "handbook_words.jsonl"
    said = map_file(words) if words.exists() else b""

    @cache
    def decode() -> Handbook:
        return Handbook(
            _decode_lines(entries, Entry, path),
            tokens,
            ids,
            lengths,
            _decode_lines(said, EntryWords, words),
        )

    return decode


def _open_explanations(folder: Path) -> Callable[[], Explanations]:
    """Return a function that decodes the explanations, which not every question needs."""
    path = folder / "explanations.jsonl"
    if not path.exists():  # written by an earlier version
        return no_explanations
    arrays, lines = _read_texts(folder, "explanations"), map_file(path)

    @cache
    def decode() -> Explanations:
        return Explanations(_decode_lines(lines, Explanation, path), *arrays)

    return decode


def _read_texts(folder: Path, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the packed tokens of encoded texts, their token ids, and their lengths."""
    tokens, ids, lengths = (
        _read_array(folder / f"{name}_{part}.npy") for part in ("tokens", "ids", "lengths")
    )
    return tokens, ids, lengths


def _read_word_counts(folder: Path, chunks: Sequence[Chunk]) -> WordCounts:
    path = folder / "word_counts.json"
    # Earlier versions did not write them.
    return _read_json(path, WordCounts) if path.exists() else count_words(chunks)


def _read_array(path: Path) -> np.ndarray:
    try:
        # A plain view of the mapped bytes, because slicing a memmap object is slow.
        array: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    except (OSError, ValueError) as error:
        raise IndexDamaged(path, f"cannot be read ({error})") from None
    return array


def _check_rows(folder: Path, generation: Generation) -> None:
    if generation.rows.dtype != ROW:
        raise IndexDamaged(folder / "rows.npy", "has other columns than this version reads")
    n = len(generation.rows)
    counts = {"chunks.jsonl": len(generation.chunks), "vectors.faiss": generation.vectors.ntotal}
    for file, count in counts.items():
        if count != n:
            raise IndexDamaged(folder / file, f"has {count} rows but rows.npy has {n}")
    if (tokens := int(generation.rows["tokens"].sum())) != len(generation.tokens):
        raise IndexDamaged(
            folder / "tokens.npy", f"has {len(generation.tokens)} rows but rows.npy counts {tokens}"
        )
