"""Both forms of an acronym find the same."""

import pytest


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("How does a DT use return-to-go?", "How does a decision transformer use return-to-go?"),
        ("maximum dataset size of NPTs", "maximum dataset size of non-parametric transformers"),
        ("MoE bfloat16 instability", "mixture of experts bfloat16 instability"),
        ("ViT position embeddings", "vision transformer position embeddings"),
        ("pass@k definition", "pass at k definition"),
    ],
)
def test_both_forms_find_the_same_lecture_and_share_moments(index, short, long):
    one, other = index.search(short), index.search(long)
    assert one[0].video == other[0].video
    assert {hit.chunk.chunk_id for hit in one} & {hit.chunk.chunk_id for hit in other}
