"""make encodings: encode the texts of the bundled course, so that its first ingest need not.

Not needed at run time: the repository contains its output, cs25search/course/cs25/encodings.npz.
"""

import sys
import tempfile
from pathlib import Path

from cs25search.course.read import load_course
from cs25search.encoding.encoder import OnnxEncoder, onnx_forward
from cs25search.index.chunk_text import encoded_text, slide_text
from cs25search.index.explanations import questions_of
from cs25search.index.handbook import entry_texts
from cs25search.place import BUNDLED
from ingest.collect import collect
from ingest.encoder import DEFAULT_ENCODER, load_encoder
from ingest.known import FILE, write_known


def course_texts() -> list[str]:
    """Return the chunks and slides of the bundled course, as an ingest encodes them."""
    found = collect(load_course(BUNDLED), {}, None, {})
    return [*map(encoded_text, found.chunks), *map(slide_text, found.slides)]


def course_questions() -> list[str]:
    """Return the texts that a question is compared with token by token."""
    found = collect(load_course(BUNDLED), {}, None, {})
    return [*entry_texts(found.entries), *questions_of(found.explanations)]


def main() -> None:
    """Write the file, in float32 whatever the processor can do."""
    with tempfile.TemporaryDirectory() as models:
        exported = Path(models) / load_encoder(DEFAULT_ENCODER, Path(models), offline=True).key
        encoder = OnnxEncoder(exported, onnx_forward(exported, threads=0))
        path = BUNDLED / FILE
        count = write_known(path, encoder, course_texts(), course_questions())
    print(f"{path}: {count} texts, {path.stat().st_size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
