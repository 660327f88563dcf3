"""HTML for st.html: text by others is escaped, and every link is one of ours.

Streamlit removes scripts from it; so nothing here can run, even if an escape were forgotten.
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from ...records import Language, Video
from ...text.clean import clean
from ...times import watch_url
from .address import video_address


def escape_html(text: str) -> str:
    """Return HTML that shows a text literally, also inside an attribute.

    >>> escape_html('a <b> & "c"')
    'a &lt;b&gt; &amp; &quot;c&quot;'
    """
    return html.escape(clean(text))


def mark_spans(text: str, spans: list[tuple[int, int]]) -> str:
    """Return the escaped `text` with the spans marked.

    Args:
        text: Cleaned text.
        spans: (begin, end) positions in order, without overlap.

    >>> mark_spans("a <router>", [(3, 9)])
    'a &lt;<mark>router</mark>&gt;'
    """
    pieces, done = [], 0
    for begin, end in spans:
        pieces += [html.escape(text[done:begin]), f"<mark>{html.escape(text[begin:end])}</mark>"]
        done = end
    return "".join([*pieces, html.escape(text[done:])])


@dataclass(frozen=True, slots=True)
class Links:
    """Makes the links of a page.

    Attributes:
        language: Of the page.
        address: The parameters that every link to a page keeps.
    """

    language: Language
    address: Mapping[str, str]

    def page(self, video: Video, start: float) -> str:
        """Return the address of the lecture page at a second, escaped.

        >>> Links("en", {"lang": "en"}).page(Video("v", "T", (), 9.0, 5), 582.3)
        'lecture?lang=en&amp;lecture=5&amp;t=582'
        """
        query = urlencode({**self.address, **video_address(video, start)})
        return html.escape(f"lecture?{query}")

    def play(
        self, video: Video, start: float, label: str, tip: str = "", attributes: str = ""
    ) -> str:
        """Return a link that plays a video at a second on this page (scripts/desk.js).

        Without the script, it opens YouTube, or the lecture page for another recording.

        Args:
            label: HTML.
            tip: Text to show at the pointer and at the keyboard's focus. Not escaped.
            attributes: More of them, as HTML.
        """
        shown, more = _tip(tip), f" {attributes}" if attributes else ""
        if url := watch_url(video.video_id, start):
            return f'<a href="{url}" target="_blank"{shown}{more}>{label}</a>'
        played = ""
        if video.media:
            played = f' data-play="{escape_html(video.video_id)}" data-second="{start:g}"'
        return f'<a href="{self.page(video, start)}"{played}{shown}{more}>{label}</a>'


def away_link(url: str, label: str, tip: str = "") -> str:
    """Return a link that leaves this app even where a player could play it.

    Args:
        url: One of ours.
        label: HTML.
        tip: As for `Links.play`.
    """
    return f'<a href="{html.escape(url)}" target="_blank" data-away{_tip(tip)}>{label}</a>'


def copy_button(label: str, text: str) -> str:
    """Return a button that copies a text (scripts/desk.js).

    Args:
        label: HTML.
    """
    # Line breaks of the text are kept, so it is not cleaned as one line.
    return f'<button type="button" data-copy="{html.escape(text)}">{label}</button>'


def _tip(text: str) -> str:
    """Return the attribute with a text to show at the pointer; it may have several lines."""
    return f' data-tip="{html.escape(text)}"' if text else ""


def reel_button(label: str, container: str) -> str:
    """Return a button that plays the moments of a container one after the other.

    Args:
        label: HTML.
        container: The key of the container.
    """
    return (
        f'<button type=button class=cs-play data-reel="{escape_html(container)}">▶ {label}</button>'
    )
