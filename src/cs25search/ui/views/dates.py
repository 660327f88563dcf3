"""Dates in the reader's time zone."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo


def local_time(written: str, zone: str | None) -> str:
    """Return a date and time as the reader's clock shows it, with the name of the zone.

    Args:
        written: In ISO 8601, with its offset; any other text is returned as it is.
        zone: As browsers name it; UTC if it is unknown.

    >>> local_time("2026-11-23T20:15:07+00:00", "Asia/Tokyo")
    '2026-11-24 05:15 JST'
    >>> local_time("2026-11-23T20:15:07+00:00", "Mars/Base"), local_time("yesterday", "Asia/Tokyo")
    ('2026-11-23 20:15 UTC', 'yesterday')
    """
    try:
        there: tzinfo = ZoneInfo(zone) if zone else UTC
    except (KeyError, OSError, ValueError):  # no such zone, or not a name at all
        there = UTC
    try:
        return f"{datetime.fromisoformat(written).astimezone(there):%Y-%m-%d %H:%M %Z}"
    except (ValueError, OverflowError):
        return written
