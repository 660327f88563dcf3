"""Find the moment in a lecture where something was said.

>>> from cs25search import open_index
>>> index = open_index("index")                                  # doctest: +SKIP
>>> hit = index.search("Why does the router need float32?")[0]   # doctest: +SKIP
>>> hit.video.lecture, int(hit.start)                            # doctest: +SKIP
(5, 582)
"""

from typing import TYPE_CHECKING, Any

from .errors import Cs25SearchError
from .records import Answer, Chunk, Citation, Cue, Hit, Sentence, Slide, Video, Word
from .telemetry import switch_off_telemetry
from .times import clock, watch_url

if TYPE_CHECKING:
    from .search import Index, open_index

# All our programs import this package before onnxruntime.
switch_off_telemetry()

__all__ = [
    "Answer",
    "Chunk",
    "Citation",
    "Cs25SearchError",
    "Cue",
    "Hit",
    "Index",
    "Sentence",
    "Slide",
    "Video",
    "Word",
    "clock",
    "open_index",
    "watch_url",
]


def __getattr__(name: str) -> Any:
    # Search imports numpy, FAISS and onnxruntime; listing lectures must not wait for them.
    if name in ("Index", "open_index"):
        from . import search

        return getattr(search, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
