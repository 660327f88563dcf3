"""Widgets for relevance across the course: one strip of cells per lecture, and its links."""

import re
from functools import partial
from textwrap import shorten
from typing import Any

import pyarrow
import streamlit as st

from ...ranking.searcher import Found
from ...records import Language
from ...search import Index
from ...times import clock
from ..here import Here
from ..views.markup import escape, muted
from ..views.moment import title_of
from ..views.relevance import COARSE, FINE, Cell, Strip, best_cells, relevance
from ..views.texts import say
from . import player

PLACE = "strips"
HEIGHT, FLAT = 72, 16  # pixels; a lecture with hardly any match has no time axis
# One hue from faint to strong, for light and dark themes; each step is also a taller bar.
COLOUR = "#2f86c4"
OPACITIES = [0.35, 0.5, 0.65, 0.8, 1.0]
HEIGHTS = [0.16, 0.4, 0.6, 0.8, 1.0]
MARKED = "#d9822b"  # the cell that is playing
FIRST_LETTERS = 60
MOST_FLAT = 12  # lectures up to which those without a match are shown too
LEVELS = ("level_0", "level_1", "level_2", "level_3", "level_4")


def show_strips(here: Here, index: Index, found: Found) -> None:
    """Show where in the chosen lectures, all when none is chosen, a question is answered."""
    seconds = cell_seconds(st.context.headers.get("User-Agent", ""))
    question, lectures = found.question.text, found.filters.lectures
    strips = _relevance(index, found, index.name, question, seconds)
    chosen = [strip for strip in strips if not lectures or strip.video.lecture in lectures]
    if not any(cell.level for strip in chosen for cell in strip.cells):
        return
    st.header(here.say("where"), anchor=False)
    st.markdown(muted(here.say("where_hint")))
    _show(here, chosen, f"{index.generation.manifest.generation}-{hash(question)}-{seconds:g}")


def cell_seconds(user_agent: str) -> float:
    """Return the length of a cell on this device, in seconds.

    >>> cell_seconds("Mozilla/5.0 (iPhone) Mobile/15E148"), cell_seconds("Mozilla/5.0 (X11)")
    (120.0, 30.0)
    """
    return COARSE if re.search(r"Mobi|Android", user_agent) else FINE


@st.cache_resource(max_entries=64, show_spinner=False)
def _relevance(
    _index: Index, _found: Found, generation: str, question: str, seconds: float
) -> list[Strip]:
    """Return the strips; `generation` and `question` are here only to be part of the key."""
    return relevance(_index, _found, seconds)


@st.fragment
def _show(here: Here, strips: list[Strip], asked: str) -> None:
    player.stop_others()
    if len(strips) > MOST_FLAT:  # a long course: leave out the lectures without a match
        strips = [strip for strip in strips if best_cells(strip)]
    longest = max(strip.video.duration for strip in strips)
    for strip in strips:
        with st.container(key=f"strip-{strip.video.lecture or strip.video.video_id}", gap="xsmall"):
            _show_strip(here, strip, longest, asked)


def _show_strip(here: Here, strip: Strip, longest: float, asked: str) -> None:
    now = player.playing(PLACE)
    mine = now if now and now.video_id == strip.video.video_id else None
    st.markdown(f"**{escape(here.title(strip.video))}**")
    # Streamlit keeps a selection under its key, and a repeated click sends no event; so each
    # question and each click creates a new chart.
    best = best_cells(strip)
    key = f"cells-{asked}-{strip.video.video_id}-{mine.turn if mine else 0}"
    st.vega_lite_chart(
        spec=chart(strip, longest, mine.start if mine else None, here.language),
        width="stretch",
        height=HEIGHT if best else FLAT,
        key=key,
        on_select=partial(_play_selected, key, strip.video.video_id),
        selection_mode="cell",
        alt=in_words(strip, here.language),
    )
    if not best:
        st.markdown(muted(here.say("hardly")))
    with st.container(horizontal=True, gap="small"):
        for cell in best:
            st.button(
                f"{clock(cell.start)} {escape(note_title(cell, here.language))}",
                key=f"cell-{strip.video.video_id}-{cell.start:g}",
                type="tertiary",
                icon=":material/play_arrow:",
                on_click=player.play,
                args=(PLACE, strip.video.video_id, cell.start),
            )
    if mine:
        player.show_player(mine, strip.video)


def _play_selected(key: str, video_id: str) -> None:
    chosen: list[dict[str, float]] = st.session_state[key]["selection"]["cell"]
    if chosen:
        player.play(PLACE, video_id, chosen[0]["start"])


def chart(strip: Strip, longest: float, start: float | None, language: Language) -> dict[str, Any]:
    """Return the cells of a lecture as bars on the time axis of the longest one.

    Args:
        strip: The lecture and its cells.
        longest: Seconds of the longest lecture.
        start: Second of this lecture that is playing, if any; its cell is marked.
        language: Language of the tooltips.

    Returns:
        A Vega-Lite specification (https://vega.github.io/vega-lite/docs/spec.html) with its data as
        an Arrow table. Altair would produce the same, but validates it at every run; here a test
        does that once.
    """
    values = [
        {
            "begin": cell.begin / 60,
            "end": cell.end / 60,
            "height": HEIGHTS[cell.level],
            "colour": MARKED if start is not None and cell.begin <= start < cell.end else COLOUR,
            "opacity": OPACITIES[cell.level],
            "start": cell.start,
            "time": clock(cell.start),
            "note": note_title(cell, language),
            "match": say(language, LEVELS[cell.level]),
        }
        for cell in strip.cells
    ]
    flat = not best_cells(strip)
    minutes = say(language, "minutes")
    axis = {
        "values": list(range(0, int(longest / 60) + 1, 10)),
        "labelExpr": f"datum.value + '{minutes}'",
        "grid": False,
        "labelFlush": 30,  # pixels; a label closer to the end would shift the bars
    }
    shown = [("time", "cell_time"), ("note", "cell_note"), ("match", "cell_match")]
    return {
        "data": pyarrow.Table.from_pylist(values),
        "mark": {"type": "bar", "cursor": "pointer"},
        "params": [
            {"name": "cell", "select": {"type": "point", "fields": ["start"], "toggle": False}}
        ],
        "encoding": {
            "x": {
                "field": "begin",
                "type": "quantitative",
                "title": None,
                "scale": {"domain": [0, longest / 60], "nice": False},
                "axis": None if flat else axis,
            },
            "x2": {"field": "end"},
            "y": {
                "field": "height",
                "type": "quantitative",
                "title": None,
                "stack": None,
                "axis": None,
                "scale": {"domain": [0, HEIGHTS[0] if flat else 1]},
            },
            "y2": {"datum": 0},
            "color": {"field": "colour", "type": "nominal", "scale": None, "legend": None},
            "opacity": {"field": "opacity", "type": "quantitative", "scale": None, "legend": None},
            "tooltip": [
                {"field": field, "type": "nominal", "title": say(language, key)}
                for field, key in shown
            ],
        },
        "padding": {"left": 0, "right": 0, "top": 2, "bottom": 8 if flat else 0},
        "config": {"view": {"strokeWidth": 0}},
    }


def in_words(strip: Strip, language: Language) -> str:
    """Return a text version of a strip for screen readers."""
    best = [f"{clock(x.start)} {note_title(x, language)} ({say(language, LEVELS[x.level])})"
            for x in best_cells(strip)]  # fmt: skip
    return "; ".join(best) or say(language, "hardly")


def note_title(cell: Cell, language: Language) -> str:
    """Return the title of the note of a cell; of speech, its first words."""
    if cell.note.kind == "transcript":
        return shorten(cell.note.text, FIRST_LETTERS, placeholder=" …")
    return title_of(cell.note, language)
