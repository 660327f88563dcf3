"""The list of kept moments: changes, several tabs, and what links and browsers may hold."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs25search.ui.views import kept
from cs25search.ui.views.kept import KeptMoment, Key

NOW = 1_800_000_000_000
IDS = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
MOMENTS = st.builds(
    lambda video_id, start, length, slide: KeptMoment(video_id, start, start + length, slide),
    IDS,
    st.integers(0, 40_000),
    st.integers(1, 40_000),
    st.integers(0, 9999),
)
LISTS = st.lists(MOMENTS, max_size=kept.MOST, unique_by=lambda one: one.key)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def kept_of(*names: str) -> dict[Key, KeptMoment]:
    return kept.with_changes({}, kept.add({}, [KeptMoment(name, 5, 9) for name in names], NOW))


def names(own: kept.KeptMoments) -> str:
    return "".join(one.video_id for one in kept.listed(own))


@given(LISTS)
def test_a_link_restores_the_list(moments):
    assert kept.read_link(kept.write_link(moments)) == (moments, 0)


@given(LISTS, st.text(max_size=20))
def test_the_browser_restores_list_and_notes(moments, note):
    moments = [replace(one, note=note, order=n, changed=NOW) for n, one in enumerate(moments)]
    assert kept.read_stored(kept.write_stored(moments)) == moments


@given(st.text())
def test_any_link_is_read(text):
    moments, ignored = kept.read_link(text)
    assert len(moments) + ignored <= len(text)
    assert all(0 <= one.start < one.end <= kept.LONGEST for one in moments)


@given(ANYTHING)
def test_anything_in_the_browser_is_read(stored):
    assert kept.read_stored(stored) == []


@pytest.mark.parametrize(
    "part",
    ["<b>.1.2", "a.1", "a.1.0", "a.86400.1", "a.1.999999", "a.-1.5", "a.1.2.12345", "a.１.2",
     f"{'a' * 65}.1.2", "a.1.2.3.4", "a b.1.2"],
)  # fmt: skip
def test_a_part_that_is_no_moment_is_ignored_and_counted(part):
    assert kept.read_link(f"{part}~b.1.2") == ([KeptMoment("b", 1, 3)], 1)


def test_a_link_with_more_moments_than_a_list_holds_is_cut():
    moments, ignored = kept.read_link("~".join(f"a.{n}.9" for n in range(kept.MOST + 7)))
    assert (len(moments), ignored) == (kept.MOST, 7)


@pytest.mark.parametrize(
    "wrong",
    [{"video_id": "<b>"}, {"start": 9}, {"start": -1}, {"start": True}, {"start": 1.5},
     {"end": 10**9}, {"note": 5}, {"changed": 2**60}, {"slide": 10**6}, {"order": "1"}],
)  # fmt: skip
def test_a_stored_moment_with_a_wrong_value_is_left_out(wrong):
    right = kept.write_stored([KeptMoment("a", 1, 9)])[0]
    assert len(kept.read_stored([right, right | wrong])) == 1


def test_a_long_note_from_the_browser_is_cut():
    stored = kept.write_stored([KeptMoment("a", 1, 9, note="x" * 9999)])
    assert len(kept.read_stored(stored)[0].note) == kept.LONGEST_NOTE


def test_moments_are_added_at_the_end_and_once():
    own = kept_of("a", "b")
    own = kept.with_changes(own, kept.add(own, [KeptMoment("c", 5, 9)] * 2, NOW))
    assert names(own) == "abc"
    assert kept.add(own, [KeptMoment("b", 5, 9)], NOW) == []


def test_a_full_list_takes_no_more():
    own = kept_of(*(f"v{n}" for n in range(kept.MOST)))
    assert kept.add(own, [KeptMoment("one-more", 5, 9)], NOW) == []


@pytest.mark.parametrize(
    ("moved", "by", "expected"),
    [("b", -1, "bacd"), ("b", 1, "acbd"), ("a", -1, "abcd"), ("d", 1, "abcd"), ("x", 1, "abcd")],
)
def test_a_moment_moves_one_place(moved, by, expected):
    own = kept_of("a", "b", "c", "d")
    assert names(kept.with_changes(own, kept.move(own, Key(moved, 5), by, NOW))) == expected


def test_a_moment_moves_among_those_of_another_tab_in_the_same_place():
    own = kept.with_changes(kept_of("a"), kept_of("b").values())  # both are first in their tab
    assert names(own) == "ab"
    assert names(kept.with_changes(own, kept.move(own, Key("b", 5), -1, NOW))) == "ba"


def test_undo_puts_a_removed_moment_back_with_its_note():
    own = kept_of("a", "b", "c")
    key = Key("b", 5)
    own = kept.with_changes(own, kept.annotate(own, key, "mine", NOW))
    removed = own[key]
    own = kept.with_changes(own, kept.remove(own, key, NOW))
    assert names(own) == "ac" and own[key].note == ""
    assert kept.remove(own, key, NOW) == [] == kept.annotate(own, key, "x", NOW)
    own = kept.with_changes(own, kept.undo(own, removed, NOW))
    assert names(own) == "abc" and own[key].note == "mine"


def test_two_tabs_lose_nothing():
    both = kept_of("a", "b")
    one = kept.with_changes(both, kept.add(both, [KeptMoment("c", 5, 9)], NOW + 1))
    other = kept.with_changes(both, kept.remove(both, Key("a", 5), NOW + 2))
    assert kept.with_changes(one, other.values()) == kept.with_changes(other, one.values())
    assert names(kept.with_changes(one, other.values())) == "bc"


def test_a_change_counts_even_if_the_clock_was_set_back():
    own = kept_of("a")
    assert names(kept.with_changes(own, kept.remove(own, Key("a", 5), NOW - 9999))) == ""
