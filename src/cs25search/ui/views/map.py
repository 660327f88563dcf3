"""The map of the course: a row for each lecture that speaks of what was asked, in HTML."""

from collections.abc import Sequence
from textwrap import shorten

from ...records import Language, lecture_label
from ...text.clean import clean
from ...times import clock
from .html import Links, escape
from .moment import lecture_title, title_of
from .relevance import Cell, Strip, best_cells
from .texts import say

FIRST_LETTERS = 60
BY_KEYBOARD = 2  # bars of a row that Tab reaches; the others are for the pointer
LEVELS = ("level_0", "level_1", "level_2", "level_3", "level_4")
STEP = 20  # minutes between the marks of the scale


def course_map(strips: Sequence[Strip], links: Links) -> str:
    """Return the map; "" if no lecture speaks of what was asked."""
    shown = [strip for strip in strips if strip.speaks]
    if not shown:
        return ""
    longest = max(strip.video.duration for strip in shown)
    rows = "".join(_row(strip, longest, links) for strip in shown)
    others = [strip for strip in strips if not strip.speaks]
    title = say(links.language, "where")
    return (
        f"<section class=cs-map><h2>{title}</h2>{rows}"
        f"{_scale(longest, links.language)}{_rest(others, links.language)}</section>"
    )


def _row(strip: Strip, longest: float, links: Links) -> str:
    video, language = strip.video, links.language
    title = lecture_title(video.lecture, video.title, video.title_ja, language)
    best = best_cells(strip, BY_KEYBOARD)
    bars = "".join(_bar(strip, cell, cell in best, links) for cell in strip.cells if cell.level)
    wide = 100 * video.duration / longest
    name = f'<span class=cs-name data-tip="{escape(title)}">{escape(title)}</span>'
    return f"<div class=cs-row>{name}<div data-row style='width:{wide:.2f}%'>{bars}</div></div>"


def _bar(strip: Strip, cell: Cell, is_best: bool, links: Links) -> str:
    """Return the link of a note, as wide as it lasts."""
    whole = strip.video.duration or cell.end
    left, wide = 100 * cell.begin / whole, 100 * (cell.end - cell.begin) / whole
    label = bar_label(cell, links.language)
    attributes = (
        f'class="cs-bar cs-level-{cell.level}" aria-label="{escape(label)}"'
        f' style="left:{left:.2f}%;width:{wide:.2f}%"{"" if is_best else " tabindex=-1"}'
    )
    return links.play(strip.video, cell.begin, "", label, attributes)


def bar_label(cell: Cell, language: Language) -> str:
    """Return time, note and match of a bar. Not escaped."""
    match = say(language, LEVELS[cell.level])
    return f"{clock(cell.begin)} {note_title(cell, language)} ({match})"


def note_title(cell: Cell, language: Language) -> str:
    """Return the title of the note of a cell; of speech, its first words. Not escaped."""
    if cell.note.kind == "transcript":
        return shorten(cell.note.text, FIRST_LETTERS, placeholder=" …")
    return title_of(cell.note, language)


def _scale(longest: float, language: Language) -> str:
    """Return the minutes below the rows."""
    unit = say(language, "minutes")
    marks = "".join(
        f'<span style="left:{6000 * minute / longest:.2f}%">{minute}{unit if minute else ""}</span>'
        for minute in range(0, int(longest / 60) + 1, STEP)
    )
    name = "<span class=cs-name></span>"
    return f"<div class='cs-row cs-scale' aria-hidden=true>{name}<div>{marks}</div></div>"


def _rest(strips: Sequence[Strip], language: Language) -> str:
    """Return one line for the lectures that hardly speak of it."""
    if not strips:
        return ""
    names = [lecture_label(strip.video.lecture, language) or clean(strip.video.title)
             for strip in strips]  # fmt: skip
    shown = ("、" if language == "ja" else ", ").join(escape(name) for name in names)
    return f"<p class=cs-label>{say(language, 'hardly', names=shown)}</p>"
