"""The strips as Vega-Lite: valid, and the cell that is playing is marked."""

import altair
import pytest

from cs25search import Index
from cs25search.records import Language
from cs25search.ui.views.relevance import relevance
from cs25search.ui.widgets.strips import COLOUR, MARKED, chart

FLOAT32 = "Why does the router need float32?"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_chart_is_valid_vega_lite(index: Index, language: Language):
    spec = chart(relevance(index, index.find(FLOAT32))[4], 4000, None, language)
    rows = spec.pop("data").to_pylist()
    altair.Chart.from_dict(spec | {"data": {"values": rows}}, validate=True)
    fields = [spec["encoding"][axis]["field"] for axis in ("x", "x2", "y", "color", "opacity")]
    fields += [shown["field"] for shown in spec["encoding"]["tooltip"]]
    assert {*fields, *spec["params"][0]["select"]["fields"]} == set(rows[0])


def test_the_cell_that_plays_is_marked(index: Index):
    strip = relevance(index, index.find(FLOAT32))[4]
    plain = chart(strip, 4000, None, "en")["data"].to_pylist()
    assert {cell["colour"] for cell in plain} == {COLOUR}
    rows = chart(strip, 4000, 700, "en")["data"].to_pylist()
    marked = [cell for cell in rows if cell["colour"] == MARKED]
    assert [(cell["begin"], cell["end"]) for cell in marked] == [(11.5, 12.0)]
