"""What a visitor adds from the page: the video of a link, and the name of a caption file."""

import re

from ...text.clean import clean
from ...times import is_youtube_id

# Formats of captions that people have as files; ingest recognises them by their content.
ENDINGS = ("srt", "vtt", "sbv", "json3", "json", "ttml", "ass", "lrc", "smi", "tsv", "txt")
LARGEST = 5_000_000  # bytes of a caption file; a lecture has some 100,000
LONGEST = 150  # characters of a file name

_VIDEO = re.compile(
    r"(?:https?://)?(?:[a-z]+\.)?(?:youtube\.com|youtube-nocookie\.com|youtu\.be)/"
    r"(?:(?:shorts|live|embed|v)/|watch/?\?(?:[^#\s]*&)?v=)?([A-Za-z0-9_-]{11})(?![A-Za-z0-9_-])\S*",
    re.IGNORECASE,
)


def video_of(link: str) -> str:
    """Return the id of the video that a link to YouTube names; "" if it names none.

    >>> video_of(" https://www.youtube.com/watch?v=U8J32Z3qV8s&t=5 "), video_of("U8J32Z3qV8s")
    ('U8J32Z3qV8s', 'U8J32Z3qV8s')
    >>> video_of("https://www.youtube.com/playlist?list=PLoROMvodv4"), video_of("--offline")
    ('', '')
    """
    text = link.strip()
    if is_youtube_id(text) and not text.startswith("-"):
        return text
    found = _VIDEO.fullmatch(text)
    return found[1] if found else ""


def file_name(name: str) -> str:
    """Return the name to keep a caption file under; "" if it is not that of a caption file.

    >>> file_name("../../etc/Bread [Kd3x_Qp7LmA].en.srt"), file_name("a.exe"), file_name(".srt")
    ('Bread [Kd3x_Qp7LmA].en.srt', '', '')
    """
    last = re.split(r"[/\\\\]", clean(name))[-1]
    stem, _, ending = last.rpartition(".")
    stem = re.sub(r'[<>:"|?*]', "-", stem).strip(". ")
    return f"{stem[-LONGEST:]}.{ending.lower()}" if stem and ending.lower() in ENDINGS else ""
