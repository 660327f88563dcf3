"""A publish that fails at any of its file operations leaves the old index or the new one."""

import os
import random
import signal
import time

import pytest

from cs25search.index.files import write_generation
from tests.reliability.crashes import ENDS, FAULTS, REFUSED, Turns, fail_at, in_child, operations


@pytest.fixture
def turns(index, tmp_path):
    return Turns(tmp_path / "index", index.encoder)


@pytest.mark.parametrize(
    ("first", "fault"),
    [
        pytest.param(first, fault, marks=[pytest.mark.slow] if first else [])
        for first, fault in enumerate(FAULTS)
    ],
)
def test_whatever_operation_fails_the_index_is_the_old_or_the_new(turns, first, fault):
    # Each sixth operation, from another one for each fault; `make crashes` lets all of them fail.
    for number, done in operations(turns, fault, first=2 * first, step=6):
        assert done in ENDS, number
        assert turns.check() == "", number
    assert number > 100  # the last one fails at nothing
    assert turns.check_nothing_is_left() == ""


def test_disk_that_fails_and_goes_on_failing_leaves_the_old_or_the_new(turns):
    for number in range(0, 120, 8):

        def work(number=number):
            fail_at(turns.index_dir, number, "error=EIO", lasting=True)
            write_generation(turns.index_dir, turns.next)

        assert in_child(work).returncode in ENDS, number
        assert turns.check() == "", number
    assert turns.check_nothing_is_left() == ""


def test_file_that_was_cut_short_in_silence_is_not_published(turns):
    def work():
        fail_at(turns.index_dir, 0, "cut")
        write_generation(turns.index_dir, turns.next)

    assert in_child(work).returncode == REFUSED
    assert turns.check() == ""
    assert turns.live == 0


def test_ten_kills_at_random_moments(turns):
    chance = random.Random(8)
    seen = set()
    begin = time.perf_counter()
    assert turns.check_nothing_is_left() == ""
    publish = time.perf_counter() - begin  # a little more than one takes
    for _ in range(10):
        child = os.fork()
        if child == 0:
            while True:
                for generation in (turns.next, turns.both[turns.live]):
                    write_generation(turns.index_dir, generation)
        time.sleep(chance.uniform(0, 3 * publish))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert turns.check() == ""
        seen.add(turns.live)
    assert seen == {0, 1}
    assert turns.check_nothing_is_left() == ""
