"""The map of the course: a row for each lecture that deals with the question, in HTML."""

from collections.abc import Sequence

from ...records import Language, lecture_labels
from ...text.clean import clean
from ...times import clock
from ...wording import recording_title
from .html import Links, escape_html
from .map_rows import Bar, MapRow, best_bars
from .moment import title_or_words, video_title
from .texts import say

FIRST_LETTERS = 60  # of speech
BY_KEYBOARD = 2  # bars of a row that the Tab key reaches; the others need a pointer
LEVELS = ("level_0", "level_1", "level_2", "level_3", "level_4")
STEPS_OF_SCALE = (1, 2, 5, 10, 20, 30, 60, 120)  # minutes between the marks of the scale
MARKS = 5  # at most, after the first
EDGE = 90  # percent; the middle of a mark beyond it is too near the end of the row


def course_map(rows: Sequence[MapRow], links: Links) -> str:
    """Return the map; "" if no lecture deals with the question."""
    shown = [row for row in rows if row.is_about]
    if not shown:
        return ""
    longest = max(row.video.duration for row in shown)
    drawn = "".join(_row(row, longest, links) for row in shown)
    others = [row for row in rows if not row.is_about]
    title = say(links.language, "where")
    return (
        f"<section class=cs-map><h2>{title}</h2>{drawn}"
        f"{_scale(longest, links.language)}{_rest(others, links.language)}</section>"
    )


def _row(row: MapRow, longest: float, links: Links) -> str:
    video, language = row.video, links.language
    title = video_title(video, language)
    best = best_bars(row, BY_KEYBOARD)
    bars = "".join(_bar(row, bar, bar in best, links) for bar in row.bars if bar.level)
    wide = 100 * video.duration / longest
    name = f'<span class=cs-name data-tip="{escape_html(title)}">{escape_html(title)}</span>'
    return f"<div class=cs-row>{name}<div data-row style='width:{wide:.2f}%'>{bars}</div></div>"


def _bar(row: MapRow, bar: Bar, is_best: bool, links: Links) -> str:
    """Return the link of a note, as wide as it lasts."""
    whole = row.video.duration or bar.end
    left, wide = 100 * bar.begin / whole, 100 * (bar.end - bar.begin) / whole
    label = bar_label(bar, links.language)
    attributes = (
        f'class="cs-bar cs-level-{bar.level}" aria-label="{escape_html(label)}"'
        f' style="left:{left:.2f}%;width:{wide:.2f}%"{"" if is_best else " tabindex=-1"}'
    )
    return links.play(row.video, bar.begin, "", label, attributes)


def bar_label(bar: Bar, language: Language) -> str:
    """Return time, note and match of a bar. Not escaped."""
    match = say(language, LEVELS[bar.level])
    title = title_or_words(bar.note, language, FIRST_LETTERS)
    return f"{clock(bar.begin)} {title} ({match})"


def _scale(longest: float, language: Language) -> str:
    """Return the minutes below the rows; a mark near the end is left of its place, to be seen."""
    unit = say(language, "minutes")
    fitting = (step for step in STEPS_OF_SCALE if longest / 60 / step <= MARKS)
    step = next(fitting, STEPS_OF_SCALE[-1])
    marks = ""
    for minute in range(0, int(longest / 60) + 1, step):
        left = 6000 * minute / longest
        edge = " class=cs-last" if left > EDGE else ""
        marks += f'<span{edge} style="left:{left:.2f}%">{minute}{unit if minute else ""}</span>'
    name = "<span class=cs-name></span>"
    return f"<div class='cs-row cs-scale' aria-hidden=true>{name}<div>{marks}</div></div>"


def _rest(rows: Sequence[MapRow], language: Language) -> str:
    """Return one line that lists the lectures with hardly anything about it."""
    if not rows:
        return ""
    videos = [row.video for row in rows]
    numbers = [video.lecture for video in videos if video.lecture is not None]
    names = lecture_labels(numbers, language) + [
        clean(recording_title(video, language)) for video in videos if video.lecture is None
    ]
    shown = ("、" if language == "ja" else ", ").join(escape_html(name) for name in names)
    return f"<p class=cs-label>{say(language, 'hardly', names=shown)}</p>"
