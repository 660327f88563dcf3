"""Times as caption files write them, in milliseconds."""

import re

# Some converters write a fraction within the fraction: "04,560.0000000000009".
# Video editors write frames as a fourth number, "00:00:04:12"; they are less than a second.
_FRACTION = (
    r"(?:[.,]([0-9]{1,9})[0-9]{0,30}(?:\.[0-9]{0,30})?"
    r"|(?<=:[0-9]{2}:[0-9]{2})[:;][0-9]{2}(?![0-9:.,]))?"
)
TIME = r"(?:([0-9]{1,4}):)?([0-9]{1,3}):([0-9]{1,2})" + _FRACTION
CLOCK = re.compile(TIME)
_BEGUN = re.compile(r"\s*[0-9]{1,4}:[0-9:.,]*\s*(?:-{1,2}>?[0-9:.,\s]*)?")
BROKEN_OFF = "the file breaks off here"


def milliseconds(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> int | None:
    """Return the time in the groups of TIME; None for 60 or more seconds or minutes.

    >>> milliseconds("1", "02", "03", "5"), milliseconds(None, "75", "00", None)
    (3723500, 4500000)
    """
    # "75:00" is minutes without hours; "1:75:00" is a mistake.
    if int(seconds) > 59 or (hours and int(minutes) > 59):
        return None
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole * 1000 + round(int((fraction or "0").ljust(9, "0")) / 1_000_000)


def is_begun(line: str) -> bool:
    """Return whether the last line of a file may be a line of times that breaks off.

    >>> is_begun("00:00:0"), is_begun("0:00:05.0,"), is_begun("00:00:08,000 -"), is_begun("at 5:")
    (True, True, True, False)
    """
    return _BEGUN.fullmatch(line) is not None


def read_clock(text: str) -> int | None:
    """Return the time in a text, None if it is not a time.

    >>> read_clock("0:01:02.5"), read_clock("00:01:02:12"), read_clock("noon")
    (62500, 62000, None)
    """
    match = CLOCK.fullmatch(text.strip())
    return milliseconds(*match.groups()) if match else None
