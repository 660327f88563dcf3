"""Our measures agree with those of ir-measures on any ranking."""

from statistics import fmean

import ir_measures
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, Success
from msgspec.structs import replace

from cs25search.evaluation import (
    EvalQuestion,
    Gold,
    Scored,
    measure,
    overlaps,
    reciprocal_rank,
    success_at_k,
)

rankings = st.lists(st.lists(st.booleans(), max_size=15), min_size=1, max_size=10)


@given(rankings)
def test_measures_agree_with_ir_measures(rankings):
    judged = [
        ir_measures.Qrel(f"q{q}", f"d{rank}", int(relevant))
        for q, ranking in enumerate(rankings)
        for rank, relevant in enumerate(ranking)
    ]
    # Every query has a relevant document, found or not: without one the library leaves it out.
    judged += [ir_measures.Qrel(f"q{q}", "never found", 1) for q in range(len(rankings))]
    found = [
        ir_measures.ScoredDoc(f"q{q}", f"d{rank}", -float(rank))
        for q, ranking in enumerate(rankings)
        for rank in range(len(ranking))
    ]
    theirs = ir_measures.calc_aggregate([Success @ 1, Success @ 5, RR @ 10], judged, found)
    for each, ours in {
        Success @ 1: fmean(success_at_k(ranking, 1) for ranking in rankings),
        Success @ 5: fmean(success_at_k(ranking, 5) for ranking in rankings),
        RR @ 10: fmean(reciprocal_rank(ranking[:10]) for ranking in rankings),
    }.items():
        assert abs(theirs[each] - ours) < 1e-9


def test_a_shared_boundary_is_no_overlap():
    assert overlaps(0, 10, 9.5, 20)
    assert not overlaps(0, 10, 10, 20)
    assert not overlaps(20, 30, 10, 20)


def test_any_of_several_ranges_is_relevant(index):
    hits = tuple(index.search("Why does the router need float32?", k=2))
    elsewhere = EvalQuestion("1", "Why?", "P127jhj-8-Y", 0, 1)
    both = replace(elsewhere, also=(Gold(hits[0].video.video_id, hits[0].start, hits[0].end),))
    assert Scored(elsewhere, hits).relevant == [False, False]
    assert Scored(both, hits).relevant[0]
    assert measure([Scored(both, hits)])["lecture@1"] == 1
