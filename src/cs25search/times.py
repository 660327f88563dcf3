"""Times in readable form, and links that open a video at a given second."""

import re

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
