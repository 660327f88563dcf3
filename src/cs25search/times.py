"""Times in readable form, and links to a second of a video or a slide of a deck."""

import re
from urllib.parse import urlsplit, urlunsplit

_CLOCK = re.compile(r"(?:(?:([0-9]{1,4}):)?([0-9]{1,4}):)?([0-9]{1,6}(?:\.[0-9]{1,9})?)")
_YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")


def clock(seconds: float) -> str:
    """Return a time as a video player shows it; fractions are cut off.

    >>> clock(3723.9), clock(540), clock(7)
    ('1:02:03', '9:00', '0:07')
    """
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{secs:02}" if hours else f"{minutes}:{secs:02}"


def read_clock(text: str) -> float | None:
    """Return a time such as "1:02:03.5" or "90" in seconds; None if the text is not a time.

    >>> read_clock("1:02:03.5"), read_clock("90"), read_clock("1:2:3:4")
    (3723.5, 90.0, None)
    """
    match = _CLOCK.fullmatch(text)
    if not match:
        return None
    return int(match[1] or 0) * 3600 + int(match[2] or 0) * 60 + float(match[3])


def watch_url(video_id: str, start: float) -> str:
    """Return the link that opens a YouTube video at a whole second; "" for other recordings.

    >>> watch_url("U8J32Z3qV8s", 540.7), watch_url("lecture-1-5f3a9c01d2", 540.7)
    ('https://youtu.be/U8J32Z3qV8s?t=540', '')
    """
    seconds = max(0, int(start))
    return f"https://youtu.be/{video_id}?t={seconds}" if is_youtube_id(video_id) else ""


def is_youtube_id(video_id: str) -> bool:
    """Return whether an id is one of YouTube; ids of other recordings are longer.

    >>> is_youtube_id("U8J32Z3qV8s"), is_youtube_id("lecture-1-5f3a9c01d2")
    (True, False)
    """
    return _YOUTUBE_ID.fullmatch(video_id) is not None


def slide_url(url: str, number: int) -> str:
    """Return the link to one slide of a published deck, "" if the deck has no URL.

    >>> slide_url("https://speakerdeck.com/ada/bread", 5)
    'https://speakerdeck.com/ada/bread?slide=5'
    >>> slide_url("https://example.org/bread.pdf", 5), slide_url("", 5)
    ('https://example.org/bread.pdf#page=5', '')
    """
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.path.lower().endswith(".pdf"):
        return urlunsplit(parts._replace(fragment=f"page={number}"))
    query = f"{parts.query}&slide={number}" if parts.query else f"slide={number}"
    return urlunsplit(parts._replace(query=query))
