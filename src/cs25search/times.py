"""Times in readable form, and links that open a video at a given second."""


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
    on_youtube = len(video_id) == 11  # the length of every YouTube id, and of no other id
    return f"https://youtu.be/{video_id}?t={max(0, int(start))}" if on_youtube else ""
