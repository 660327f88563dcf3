"""Moments that a visitor keeps: the list, and how it is written into a link and a browser.

The browser stores the list (scripts/kept.js); the server knows it only while a page is open. What
comes from a link or a browser may be anything, so it is read with limits.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple

MOST = 200  # moments in a list
LONGEST_NOTE = 2000  # characters of an own note
LONGEST = 24 * 3600  # seconds of a recording
MOST_STORED = 5 * MOST  # moments and marks of removed ones that are read from a browser
LATEST = 2**53  # as times of changes; browsers have no larger whole numbers

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PART = re.compile(rf"({_ID.pattern})\.([0-9]{{1,6}})\.([0-9]{{1,6}})(?:\.([0-9]{{1,4}}))?")
_BETWEEN = "~"


class Key(NamedTuple):
    """What makes two moments the same."""

    video_id: str
    start: int


@dataclass(frozen=True, slots=True)
class KeptMoment:
    """A part of a recording that a visitor keeps.

    Attributes:
        start, end: Whole seconds.
        slide: The number of the slide about it; 0 without one.
        note: The visitor's own words.
        order: The place in the list; lower is earlier.
        changed: Milliseconds since 1970 of the last change; the later of two versions counts.
        gone: Whether it was removed. The mark stays, or another tab would bring the moment back.
    """

    video_id: str
    start: int
    end: int
    slide: int = 0
    note: str = ""
    order: int = 0
    changed: int = 0
    gone: bool = False

    @property
    def key(self) -> Key:
        """What makes two moments the same."""
        return Key(self.video_id, self.start)

    @property
    def name(self) -> str:
        """The same as a text; scripts/kept.js builds it in the same way."""
        return f"{self.video_id}.{self.start}"


KeptMoments = Mapping[Key, KeptMoment]


def listed(kept: KeptMoments) -> list[KeptMoment]:
    """Return the moments in order, without those that were removed."""
    return sorted(
        (one for one in kept.values() if not one.gone), key=lambda one: (one.order, one.changed)
    )


def with_changes(kept: KeptMoments, changes: Iterable[KeptMoment]) -> dict[Key, KeptMoment]:
    """Return the list with changes; of two versions of a moment, the later one counts.

    >>> old, new = KeptMoment("a", 1, 9, changed=1), KeptMoment("a", 1, 9, changed=2, gone=True)
    >>> with_changes({old.key: old}, [new]) == with_changes({new.key: new}, [old]) == {new.key: new}
    True
    """
    found = dict(kept)
    for one in changes:
        before = found.get(one.key)
        if before is None or one.changed > before.changed:
            found[one.key] = one
    return found


def add(kept: KeptMoments, moments: Iterable[KeptMoment], now: int) -> list[KeptMoment]:
    """Return the changes that put moments at the end of the list, as far as there is room.

    Moments that are in the list stay as they are.

    Args:
        now: Milliseconds since 1970.
    """
    there = listed(kept)
    order = 1 + max((one.order for one in there), default=-1)
    keys = {one.key for one in there}
    changes: list[KeptMoment] = []
    for one in moments:
        if one.key not in keys and len(keys) < MOST:
            keys.add(one.key)
            changed = _later(kept.get(one.key), now)
            changes.append(replace(one, order=order + len(changes), changed=changed, gone=False))
    return changes


def remove(kept: KeptMoments, key: Key, now: int) -> list[KeptMoment]:
    """Return the change that takes a moment off the list."""
    one = kept.get(key)
    if one is None or one.gone:
        return []
    return [replace(one, note="", changed=_later(one, now), gone=True)]


def undo(kept: KeptMoments, removed: KeptMoment, now: int) -> list[KeptMoment]:
    """Return the change that puts a removed moment back where it was, with its note."""
    return [replace(removed, changed=_later(kept.get(removed.key), now), gone=False)]


def annotate(kept: KeptMoments, key: Key, note: str, now: int) -> list[KeptMoment]:
    """Return the change that gives a moment another note of the visitor."""
    one, note = kept.get(key), note[:LONGEST_NOTE]
    if one is None or one.gone or one.note == note:
        return []
    return [replace(one, note=note, changed=_later(one, now))]


def move(kept: KeptMoments, key: Key, by: int, now: int) -> list[KeptMoment]:
    """Return the changes that move a moment by places in the list, as far as it can go."""
    there = listed(kept)
    at = next((place for place, one in enumerate(there) if one.key == key), None)
    if at is None:
        return []
    moved = there.pop(at)
    there.insert(min(max(0, at + by), len(there)), moved)
    return [
        replace(one, order=place, changed=_later(one, now))
        for place, one in enumerate(there)
        if one.order != place
    ]


def _later(before: KeptMoment | None, now: int) -> int:
    """Return a time for a change that is after the one before, even if a clock was set back."""
    return max(now, before.changed + 1 if before else 0)


def write_link(moments: Iterable[KeptMoment]) -> str:
    """Return moments as they stand in a link: video, second, length and slide of each, no notes.

    >>> write_link([KeptMoment("U8J32Z3qV8s", 582, 624, 18), KeptMoment("bread-5f3a9c01d2", 0, 9)])
    'U8J32Z3qV8s.582.42.18~bread-5f3a9c01d2.0.9'
    """
    return _BETWEEN.join(
        f"{one.video_id}.{one.start}.{one.end - one.start}" + (f".{one.slide}" if one.slide else "")
        for one in moments
    )


def read_link(text: str) -> tuple[list[KeptMoment], int]:
    """Return the moments of a link without duplicates, and how many of its parts were ignored.

    >>> read_link("U8J32Z3qV8s.582.42~nonsense") == ([KeptMoment("U8J32Z3qV8s", 582, 624)], 1)
    True
    """
    found: dict[Key, KeptMoment] = {}
    ignored = 0
    for part in filter(None, text.split(_BETWEEN)):
        one = _read_part(part)
        if one is None or (one.key not in found and len(found) == MOST):
            ignored += 1
        else:
            found.setdefault(one.key, one)
    return list(found.values()), ignored


def _read_part(part: str) -> KeptMoment | None:
    match = _PART.fullmatch(part)
    if match is None:
        return None
    start, length = int(match[2]), int(match[3])
    if not length or start + length > LONGEST:
        return None
    return KeptMoment(match[1], start, start + length, int(match[4] or 0))


def write_stored(moments: Iterable[KeptMoment]) -> list[dict[str, object]]:
    """Return moments as the browser stores them."""
    return [asdict(one) for one in moments]


def read_stored(stored: object) -> list[KeptMoment]:
    """Return the moments that a browser has stored; those that are not valid are left out.

    >>> stored = [{"video_id": "a", "start": 1, "end": 9}, {"video_id": "<b>"}, None]
    >>> read_stored(stored) == [KeptMoment("a", 1, 9)]
    True
    """
    if not isinstance(stored, Sequence) or isinstance(stored, str | bytes):
        return []
    return [moment for one in stored[:MOST_STORED] if (moment := _read_one(one))]


def _read_one(one: object) -> KeptMoment | None:
    if not isinstance(one, Mapping):
        return None
    video_id, note = one.get("video_id"), one.get("note", "")
    numbers = {name: one.get(name, 0) for name in ("start", "end", "slide", "order", "changed")}
    whole = all(type(value) is int and 0 <= value <= LATEST for value in numbers.values())
    if not (isinstance(video_id, str) and _ID.fullmatch(video_id) and isinstance(note, str)):
        return None
    if not whole or not numbers["start"] < numbers["end"] <= LONGEST or numbers["slide"] > 9999:
        return None
    return KeptMoment(
        video_id=video_id, note=note[:LONGEST_NOTE], gone=one.get("gone") is True, **numbers
    )
