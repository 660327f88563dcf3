"""A kept moment in HTML: what plays it, and where it is from."""

from ...times import clock
from .html import Links, escape_html
from .kept_export import Described


def kept_card(about: Described, links: Links) -> str:
    """Return times and title of a moment as a link that plays it, and its recording."""
    one, language = about.moment, links.language
    times = f"{clock(one.start)}–{clock(one.end)}"
    shown = f"{times} · {escape_html(about.title(language))}" if about.note else times
    link = links.play(about.video, one.start, shown, attributes="data-moment")
    data = f'data-video="{escape_html(one.video_id)}" data-group=moment'
    return (
        f'<article class=cs-card {data} data-at="{one.start}" data-end="{one.end}">'
        f"<h3>{link}</h3><p class=cs-label>{escape_html(about.place(language))}</p></article>"
    )
