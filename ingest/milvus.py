"""Write a collection to Milvus: all of it, or one of several shards written at once.

The only module of this package that imports cs25search.milvus.
"""

import re
from collections.abc import Callable, Mapping

import msgspec
from msgspec.structs import replace

from cs25search.course.read import Course
from cs25search.encoding.encoder import Encoder
from cs25search.errors import Cs25SearchError
from cs25search.index.build import Content, build_generation
from cs25search.index.chunk_text import encoded_text, text_key
from cs25search.index.generation import Generation
from cs25search.milvus.connection import Connection
from cs25search.milvus.read import MilvusSource, read_whole
from cs25search.milvus.write import generation_name, make_live, read_head, write_shard
from cs25search.place import Place, Shard
from cs25search.records import Chunk

from .captions.files import RawTrack
from .collect import Collection, inputs_key

SHARD = re.compile(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,5})")


class Outcome(msgspec.Struct, frozen=True):
    """The result of a write.

    Attributes:
        name: The generation in the store.
        chunks: Number of chunks written; None if the live generation already has them.
        missing: Shards that are not complete yet; if empty, the generation is live.
    """

    name: str
    chunks: int | None
    missing: tuple[Shard, ...] = ()


class Target(msgspec.Struct, frozen=True):
    """Where a worker writes, and its part of the videos.

    Attributes:
        what: Identifies what all shards together contain: playlists, videos, language.
    """

    connection: Connection
    shard: Shard
    what: str

    @property
    def uri(self) -> str:
        """The address of Milvus without its password."""
        return self.connection.uri


class Input(msgspec.Struct, frozen=True):
    """The contents of a generation, and its encoder.

    Attributes:
        found: Everything that was collected.
        encoder_name: The encoder's name as the user gave it.
        local: A generation on disk whose encodings are reused.
    """

    course: Course
    tracks: Mapping[str, RawTrack]
    found: Collection
    encoder: Encoder
    encoder_name: str
    local: Generation | None


def connect(place: Place, shard: Shard | None, what: str) -> Target | None:
    """Return where a worker writes, None if the index is in files.

    Args:
        shard: Its part of the videos; None for all.
        what: As in `Target`.

    Raises:
        StoreError: Milvus does not respond, or its URI is invalid.
    """
    if not place.is_milvus:
        return None
    return Target(Connection(place.uri, create=True), shard or Shard(), what)


def parse_shard(text: str) -> Shard:
    """Return the shard for a text such as "2/4".

    Raises:
        Cs25SearchError: It is not a shard.

    >>> str(parse_shard("2/4"))
    '2/4'
    """
    match = SHARD.fullmatch(text)
    if not match or int(match[1]) > int(match[2]):
        raise Cs25SearchError(
            f"--shard {text!r} is invalid.\n"
            "Use I/N with I from 1 to N: 1/4 is the first of four workers."
        )
    return Shard(int(match[1]), int(match[2]))


def part_of(found: Collection, shard: Shard) -> Collection:
    """Return the part of a collection for a shard; all slides are included."""
    return replace(
        found,
        rows=[row for row in found.rows if shard.has(row.video.video_id)],
        chunks=[chunk for chunk in found.chunks if shard.has(chunk.video_id)],
        sources=[source for source in found.sources if shard.has(source.video_id)],
        windows=[window for window in found.windows if shard.has(window.video_id)],
    )


def write(
    target: Target,
    given: Input,
    on_chunks: Callable[[int], None],
    on_encoded: Callable[[int], None],
) -> Outcome:
    """Write a shard of a collection; the last worker to finish makes the generation live.

    Args:
        on_chunks: Called with the number of chunks before they are encoded.
        on_encoded: Called with the number of chunks just encoded.
    """
    connection, shard, encoder, found = target.connection, target.shard, given.encoder, given.found
    own = part_of(found, shard)
    mine = {video_id: track for video_id, track in given.tracks.items() if shard.has(video_id)}
    inputs = inputs_key(given.course, mine, own, encoder.key)
    live = connection.live()
    head = read_head(connection, live) if live else None
    name = generation_name(live, shard, f"{encoder.key} {target.what}")
    if (
        live
        and head
        and _holds(head.inputs, shard, inputs)
        and name not in connection.generations()
    ):
        return Outcome(live, None)
    # The bridge is learned from all bilingual notes, so the first shard encodes them all.
    bundled = {note.chunk_id for note in given.course.notes} if shard.number == 1 else set()
    chunks = [chunk for chunk in found.chunks
              if shard.has(chunk.video_id) or chunk.chunk_id in bundled]  # fmt: skip
    names = {chunk.video_id for chunk in chunks}
    rows = [row for row in found.rows if shard.has(row.video.video_id)
            or row.video.video_id in names]  # fmt: skip
    on_chunks(len(chunks))
    content = Content(
        videos=[row.video for row in rows],
        chunks=chunks,
        about=found.about,
        slides=found.slides if shard.number == 1 else [],
        entries=found.entries if shard.number == 1 else [],
        explanations=found.explanations if shard.number == 1 else [],
        sources=own.sources,
        inputs=inputs,
    )
    previous = _encoded(target, encoder, chunks) if live else given.local
    generation = build_generation(content, encoder, given.encoder_name, previous, on_encoded)
    write_shard(connection, name, generation, encoder, shard)
    return Outcome(name, len(own.chunks), tuple(make_live(connection, name, shard.of)))


def _holds(live: list[str], shard: Shard, inputs: str) -> bool:
    return len(live) == shard.of and live[shard.number - 1] == inputs


def _encoded(target: Target, encoder: Encoder, chunks: list[Chunk]) -> Generation | None:
    """Return the encodings of these chunks in the live generation."""
    generation, head = read_whole(target.connection)
    if generation.manifest.model_key != encoder.key:
        return None
    source = MilvusSource(target.connection, generation, head, encoder)
    return source.encoded(text_key(encoded_text(chunk)) for chunk in chunks)
