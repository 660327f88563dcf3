"""Connection and collections of an index in Milvus; only this module knows them.

    cs25search                      alias of the live generation's chunks
    cs25search_<generation>_chunks  a row for each chunk: its vector, its words as a sparse
                                    vector, its packed tokens, the chunk itself
    cs25search_<generation>_side    videos; how many chunks have a term, in buckets; reports of
                                    the workers; everything else, cut into pieces

Dimension d of the sparse vector is the hash of a term; the value is its BM25 weight in this chunk
without the idf, which is in the query's vector. So the inner product is the BM25 score.
"""

import base64
import io
import json
import logging
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from ..errors import Cs25SearchError, StoreError
from ..index.vectors import EXACT_UP_TO
from ..place import without_password

if TYPE_CHECKING:
    from pymilvus import MilvusClient

ALIAS = "cs25search"
TIMEOUT = 60.0  # timeout of a call in seconds
CONNECT = 10.0  # timeout of the first call
TRIES = 5  # seconds to wait for a collection that another worker is creating
PIECE = 60_000  # bytes per piece of a long value; a VARCHAR has at most 65,535
MOST_ROWS = 16_384  # Milvus's limit per query or search
MOST_SPEAKERS = 4096  # bytes of the names of speakers of a chunk
PAGE = 100  # rows per write, about a megabyte
Row = dict[str, Any]


class Connection:
    """A connection to Milvus: a file (Milvus Lite), a server or a cluster."""

    def __init__(self, uri: str, create: bool = False) -> None:
        """Connect.

        Args:
            uri: A file ending in .db, or http(s)://[user:password@]host:port[/database].
            create: Create the file if it is missing.

        Raises:
            StoreError: pymilvus is not installed, the URI is invalid, the file is missing or is
                not one of Milvus Lite, or the server does not respond.
        """
        self.uri = without_password(uri)
        self.client = _connect(uri, self.uri, create)
        self._cure = ASK_AGAIN if _is_address(uri, self.uri) else REBUILD_FILE

    def live(self) -> str | None:
        """Return the name of the live generation, None if nothing has been built."""
        with self._plainly():
            aliases = self.client.list_aliases(timeout=TIMEOUT)
            if ALIAS not in (aliases["aliases"] if isinstance(aliases, dict) else aliases):
                return None
            name = self.client.describe_alias(ALIAS, timeout=TIMEOUT)["collection_name"]
        return str(name).removeprefix(f"{ALIAS}_").removesuffix("_chunks")

    def generations(self) -> list[str]:
        """Return the names of all generations, complete or not, oldest first."""
        with self._plainly():
            names = self.client.list_collections(timeout=TIMEOUT)
        mine = [name for name in names if name.startswith(f"{ALIAS}_")]
        return sorted({name.removeprefix(f"{ALIAS}_").rpartition("_")[0] for name in mine})

    def create(self, generation: str, dim: int) -> None:
        """Create the collections of a generation that do not exist yet."""
        from pymilvus import DataType, MilvusClient

        def schema(text: Mapping[str, int], numbers: Sequence[str]) -> Any:
            made = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
            made.add_field("id", DataType.VARCHAR, is_primary=True, max_length=256)
            for name, length in text.items():
                made.add_field(name, DataType.VARCHAR, max_length=length)
            for name in numbers:
                made.add_field(name, DataType.INT64)
            return made

        chunks = schema(
            {"video_id": 64, "inputs": 64, "key": 64, "speakers": MOST_SPEAKERS}
            | dict.fromkeys(["partners", "chunk", "tokens", "run", "spoken"], 65_535),
            ["shard", "lecture"],
        )
        for name in ("start", "end"):
            chunks.add_field(name, DataType.DOUBLE)
        for name in ("note", "qa"):
            chunks.add_field(name, DataType.BOOL)
        chunks.add_field("vector", DataType.FLOAT_VECTOR, dim=dim)
        chunks.add_field("terms", DataType.SPARSE_FLOAT_VECTOR)
        side = schema({"kind": 64, "inputs": 64, "body": 65_535}, ["shard", "number"])
        side.add_field("vector", DataType.FLOAT_VECTOR, dim=2)  # Milvus requires a vector field
        for part, made, indexes in (
            ("side", side, {"vector": "FLAT"}),
            ("chunks", chunks, {"vector": "FLAT", "terms": "SPARSE_INVERTED_INDEX"}),
        ):
            with self._plainly():
                self._create(_name(generation, part), made, indexes)

        self.load(generation)

    def load(self, generation: str) -> None:
        """Load a generation for searching, which Milvus Lite does not do on opening a file."""
        with self._plainly():
            for part in ("side", "chunks"):
                self.client.load_collection(_name(generation, part), timeout=TIMEOUT)

    def _create(self, name: str, schema: Any, indexes: Mapping[str, str]) -> None:
        if self.client.has_collection(name, timeout=TIMEOUT):
            return
        params = self.client.prepare_index_params()
        for field, kind in indexes.items():
            params.add_index(field, index_type=kind, metric_type="IP")
        try:
            self.client.create_collection(name, schema=schema, index_params=params, timeout=TIMEOUT)
        except Exception:
            # Another worker was faster and may not be done yet.
            for _ in range(TRIES):
                time.sleep(1)
                if self.client.has_collection(name, timeout=TIMEOUT):
                    return
            raise

    def write(self, generation: str, part: str, rows: Iterable[Row]) -> None:
        """Write rows, replacing those with the same id."""
        for page in _pages(rows):
            with self._plainly():
                self.client.upsert(_name(generation, part), page, timeout=TIMEOUT)

    def delete(self, generation: str, part: str, where: str) -> None:
        """Delete the rows that match an expression."""
        with self._plainly():
            self.client.delete(_name(generation, part), filter=where, timeout=TIMEOUT)

    def read(
        self, generation: str, part: str, where: str, fields: Sequence[str], fresh: bool = False
    ) -> list[Row]:
        """Return up to MOST_ROWS rows that match an expression.

        Args:
            fresh: Wait until recent writes of others are visible.
        """
        with self._plainly():
            found = self.client.query(
                _name(generation, part),
                filter=where,
                output_fields=list(fields),
                limit=MOST_ROWS,
                timeout=TIMEOUT,
                consistency_level="Strong" if fresh else "Bounded",
            )
        return list(found)

    def search(
        self,
        generation: str,
        vector: np.ndarray | dict[int, float],
        k: int,
        where: str,
        fields: Sequence[str],
    ) -> list[Row]:
        """Return the k rows with the highest inner product, best first.

        Args:
            vector: Dense, or sparse as terms and their weights.
        """
        with self._plainly():
            found = self.client.search(
                _name(generation, "chunks"),
                data=[vector],
                anns_field="terms" if isinstance(vector, dict) else "vector",
                limit=k,
                filter=where,
                output_fields=list(fields),
                search_params={"metric_type": "IP", "params": {"ef": 4 * k}},
                timeout=TIMEOUT,
            )
        return [dict(hit["entity"]) for hit in found[0]]

    def write_value(self, generation: str, name: str, value: bytes) -> None:
        """Write bytes under a name, split over several rows."""
        text = base64.b64encode(value).decode()
        pieces = [text[i : i + PIECE] for i in range(0, max(1, len(text)), PIECE)]
        self.write(
            generation,
            "side",
            (
                side_row(f"{name}/{i}", "piece", body=piece, number=len(pieces))
                for i, piece in enumerate(pieces)
            ),
        )

    def read_value(self, generation: str, name: str, fresh: bool = False) -> bytes | None:
        """Return what `write_value` wrote, None if it is missing or incomplete."""
        first = self.read(generation, "side", f'id == "{name}/0"', ["body", "number"], fresh)
        if not first:
            return None
        pieces = [first[0]["body"]]
        for begin in range(1, first[0]["number"], PAGE):
            ids = [f"{name}/{i}" for i in range(begin, min(begin + PAGE, first[0]["number"]))]
            where = f"id in {json.dumps(ids)}"
            rows = self.read(generation, "side", where, ["id", "body"], fresh)
            more = {row["id"]: row["body"] for row in rows}
            if len(more) < len(ids):
                return None
            pieces += [more[one] for one in ids]
        return base64.b64decode("".join(pieces))

    def make_live(self, generation: str, count: int) -> None:
        """Make a generation live; drop all others but the previous one.

        Args:
            count: Its number of chunks.
        """
        chunks = _name(generation, "chunks")
        before = self.live()
        with self._plainly():
            for part in ("side", "chunks"):
                self.client.flush(_name(generation, part), timeout=TIMEOUT)
            if count > EXACT_UP_TO:
                self._approximate(chunks)
        self.load(generation)
        with self._plainly():
            if before != generation:
                self._point_to(chunks, generation, is_first=before is None)
            for old in self.generations():
                if old.partition("_")[0] < generation.partition("_")[0] and old != before:
                    for part in ("side", "chunks"):
                        self.client.drop_collection(_name(old, part), timeout=TIMEOUT)

    def _point_to(self, chunks: str, generation: str, is_first: bool) -> None:
        switch = self.client.create_alias if is_first else self.client.alter_alias
        try:
            switch(chunks, ALIAS, timeout=TIMEOUT)
        except Exception:
            # The last two workers may find all reports at the same moment.
            if self.live() != generation:
                raise

    def _approximate(self, chunks: str) -> None:
        """Switch to approximate search with an HNSW graph."""
        with self._plainly():
            kind = self.client.describe_index(chunks, "vector", timeout=TIMEOUT)
            if kind and kind["index_type"] == "HNSW":
                return
            self.client.release_collection(chunks, timeout=TIMEOUT)
            self.client.drop_index(chunks, "vector", timeout=TIMEOUT)
            params = self.client.prepare_index_params()
            graph = {"M": 32, "efConstruction": 200}
            params.add_index("vector", index_type="HNSW", metric_type="IP", params=graph)
            self.client.create_index(chunks, params)  # without a timeout

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        """Turn exceptions of the client into StoreError."""
        from pymilvus.exceptions import MilvusException

        try:
            yield
        except Cs25SearchError:
            raise
        except MilvusException as error:
            raise StoreError(self.uri, f"answered: {_reason(error)}", self._cure) from None


GIVE_URI = "Give --uri lectures.db or --uri http://host:19530"
BUILD = "cs25search ingest --store milvus --uri {}"
ASK_AGAIN = "Check that it is running and reachable, then run the same command again."
REBUILD_FILE = (
    "Run the same command again. If the error stays, the file is damaged: give another name "
    "and export the index again."
)
LITE_BUSY = (
    "Only one process may open a file of Milvus Lite. Close the other one (an app, an ingest), "
    "or serve the file to several processes:\n"
    "milvus-lite server --data-dir FILE.db --host 127.0.0.1 --max-workers 1, then "
    "--uri http://127.0.0.1:19530"
)


def side_row(name: str, kind: str, body: str, number: int = 0) -> Row:
    """Return a row of the side collection that belongs to no shard."""
    return {"id": name, "kind": kind, "body": body, "number": number, "shard": 0, "inputs": "",
            "vector": [0.0, 0.0]}  # fmt: skip


def dimension(kind: str, term: str) -> int:
    """Return the dimension of a term; 0 is reserved for chunks without terms.

    >>> dimension("grams", "rout") != dimension("words", "rout")
    True
    """
    return zlib.crc32(f"{kind}:{term}".encode()) % (2**32 - 2) + 1


def array_bytes(array: np.ndarray) -> bytes:
    """Return an array as bytes, including its shape.

    >>> read_array_bytes(array_bytes(np.arange(3))).tolist()
    [0, 1, 2]
    """
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()


def read_array_bytes(content: bytes) -> np.ndarray:
    """Return the array of `array_bytes`."""
    array: np.ndarray = np.load(io.BytesIO(content), allow_pickle=False)
    return array


def _connect(uri: str, plain: str, create: bool) -> "MilvusClient":
    try:
        from pymilvus import MilvusClient
        from pymilvus.exceptions import MilvusException
    except ImportError:
        raise StoreError(
            plain, "needs pymilvus, which is not installed", "pip install 'cs25search[milvus]'"
        ) from None
    if not uri:
        raise StoreError("", "There is no URI for Milvus", GIVE_URI)
    is_file = not _is_address(uri, plain)
    if is_file:
        uri = _lite_file(uri, plain, create)
    with _logged_causes() as causes:
        try:
            return MilvusClient(uri, timeout=CONNECT)
        except MilvusException as error:
            if not is_file:
                problem = f"cannot be reached ({_reason(error)})"
                raise StoreError(plain, problem, ASK_AGAIN) from None
    cause = next(iter(causes), None)
    if type(cause).__name__ == "DataDirLockedError":
        raise StoreError(plain, "cannot be opened", LITE_BUSY)
    raise StoreError(
        plain, f"cannot be opened ({cause})", "Check its permissions, or restore the file."
    )


def _is_address(uri: str, plain: str) -> bool:
    """Return whether a URI names a server; else it should name a file.

    Raises:
        StoreError: It looks like an address but is invalid.
    """
    try:
        parts = urlsplit(uri)
        is_address = parts.scheme in ("http", "https", "tcp", "unix")
        is_valid = not is_address or parts.port is None or parts.port > 0
    except ValueError:
        is_address, is_valid = True, False
    if not is_valid:
        raise StoreError(plain, "is not an address", GIVE_URI)
    return is_address


def _lite_file(uri: str, plain: str, create: bool) -> str:
    """Return the path of a file of Milvus Lite, which is a folder that ends in .db.

    Raises:
        StoreError: It is something else, or is missing and must not be created.
    """
    if not uri.endswith(".db") or not uri.isprintable():
        raise StoreError(plain, "is neither an address nor a file of Milvus Lite", GIVE_URI)
    try:
        path = Path(uri).expanduser()
        if not path.parent.is_dir():
            raise StoreError(
                plain, "is in a folder that does not exist", "Create the folder first."
            )
        if path.exists() and not path.is_dir():
            problem = "is a single file, but Milvus Lite uses a folder with such a name"
            raise StoreError(plain, problem, f"Give another name. {GIVE_URI}")
        entries = {entry.name for entry in path.iterdir()} if path.is_dir() else set()
    except RuntimeError as error:  # raised by expanduser
        raise StoreError(
            plain, f"cannot be expanded ({error})", "Write the path without ~."
        ) from None
    except OSError as error:
        raise StoreError(plain, f"cannot be read: {error.strerror}", GIVE_URI) from None
    if entries and "collections" not in entries:
        raise StoreError(
            plain,
            "is a folder that does not belong to Milvus Lite",
            f"Give another name. {GIVE_URI}",
        )
    if not entries and not create:
        raise StoreError(plain, "contains no index yet", f"Build it: {BUILD.format(plain)}")
    return str(path)


@contextmanager
def _logged_causes() -> Iterator[list[BaseException]]:
    """Collect errors that Milvus Lite logs instead of raising, without printing them."""
    causes: list[BaseException] = []

    class Collector(logging.Handler):
        """Keeps the errors."""

        def emit(self, record: logging.LogRecord) -> None:
            if record.exc_info and record.exc_info[1]:
                causes.append(record.exc_info[1])

    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
    logger, collector = logging.getLogger("milvus_lite"), Collector()
    logger.propagate = False
    logger.setLevel(logging.ERROR)
    logger.addHandler(collector)
    try:
        yield causes
    finally:
        logger.setLevel(logging.CRITICAL)
        logger.removeHandler(collector)


def _reason(error: Exception) -> str:
    """Return the message of a client's exception on one line."""
    return " ".join(str(getattr(error, "message", "") or error).split())[:300]


def _name(generation: str, part: str) -> str:
    return f"{ALIAS}_{generation}_{part}"


def _pages(rows: Iterable[Row]) -> Iterator[list[Row]]:
    page: list[Row] = []
    for row in rows:
        page.append(row)
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page
