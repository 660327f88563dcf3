"""The map: bars cover every lecture, and the best bar contains the best hit."""

import re
from itertools import pairwise

import numpy as np
import pytest

from cs25search import Index
from cs25search.errors import QuestionError
from cs25search.records import Chunk, Video
from cs25search.ui.views.map import _scale
from cs25search.ui.views.map_rows import STEPS, MapRow, bars_of, best_bars, map_rows

FLOAT32 = "Why does the router need float32?"


VIDEO = Video("v", "V", (), 180)


def note(start: float, end: float) -> Chunk:
    return Chunk(f"v:{start}", "v", start, end, "text", "note", title=f"from {start}")


def test_levels_reach_from_hardly_to_the_best():
    bars = bars_of([note(0, 30), note(30, 60), note(60, 90)], [0.0, 0.5, 1.0])
    assert [bar.level for bar in bars] == [0, 2, STEPS]
    assert [MapRow(VIDEO, bars[:count]).is_about for count in (1, 2)] == [False, True]


@pytest.mark.parametrize(
    ("minutes", "marks"),
    [(3.5, [0, 1, 2, 3]), (17, [0, 5, 10, 15]), (81, [0, 20, 40, 60, 80]), (116, [0, 30, 60, 90])],
)
def test_scale_has_a_few_marks_however_long_the_lectures_are(minutes, marks):
    shown = re.findall(r"%\">(\d+)", _scale(60 * minutes, "en"))
    assert [int(mark) for mark in shown] == marks


@pytest.mark.parametrize(("minutes", "inside"), [(81, True), (99, False)])
def test_last_mark_of_the_scale_is_not_cut_off(minutes, inside):
    shown = _scale(60 * minutes, "en")
    assert (re.search(r"cs-last[^>]*>80 min", shown) is not None) == inside
    assert shown.count("cs-last") == inside


def test_windows_of_captions_that_overlap_are_cells_that_do_not():
    bars = bars_of([note(0, 60), note(50, 110), note(100, 130)], [0.1, 0.9, 0.5])
    assert [(bar.begin, bar.end) for bar in bars] == [(0, 50), (50, 100), (100, 130)]


def test_best_cells_are_in_order_of_time_and_of_different_notes():
    notes = [note(0, 90), note(90, 120), note(120, 150), note(150, 180)]
    row = MapRow(VIDEO, bars_of(notes, [1.0, 0.0, 0.6, 0.8]))
    assert [bar.begin for bar in best_bars(row)] == [0, 120, 150]
    assert [bar.begin for bar in best_bars(row, 1)] == [0]


def test_strips_cover_every_lecture_and_the_strongest_cell_answers(index: Index):
    rows = map_rows(index, index.find(FLOAT32))
    assert [row.video.lecture for row in rows] == list(range(1, 11))
    for row in rows:
        # Notes leave out only the seconds before the first word and after the last.
        assert row.video.duration - row.bars[-1].end < 60
        assert all(a.end <= b.begin for a, b in pairwise(row.bars))
    best = max((bar.strength, row.video.lecture) for row in rows for bar in row.bars)
    assert best == (1.0, 5)
    assert best_bars(rows[4], 1)[0].begin == 582


def test_japanese_question_points_to_the_same_place(index: Index):
    rows = map_rows(index, index.find("ルーターにfloat32が必要なのはなぜ？"))
    assert best_bars(rows[4], 1)[0].begin == 582


def test_question_without_words_is_relevant_nowhere(index: Index):
    assert not any(bar.level for row in map_rows(index, index.find("???")) for bar in row.bars)
    with pytest.raises(QuestionError):
        index.find(" ")


def test_note_scores_are_of_all_notes_and_agree_with_search(index: Index):
    notes, scores = index.score_notes(index.find(FLOAT32))
    assert len(notes) == len(scores) == int(index.generation.rows["note"].sum())
    best = index.search(FLOAT32, 1)[0].note
    assert best and notes[int(np.argmax(scores))] == best
