"""A moment as a card, in HTML."""

from collections.abc import Callable

from ...records import Deck, Hit, Language, Slide, in_language
from ...search import Index
from ...times import clock
from . import html, moment
from .html import Links, escape_html
from .texts import say


def card(hit: Hit, index: Index, question: str, links: Links) -> str:
    """Return the text of a moment: what plays it, what was said, the note."""
    language = links.language
    first, *others = moment.labelled_texts(
        hit, question, language, moment.speech_around(hit, index)
    )
    by = moment.spoken_by(hit, language)
    label = " · ".join([first[0], *([by] if by else [])])
    data = f'data-video="{escape_html(hit.video.video_id)}" data-group=moment'
    return (
        f'<article class=cs-card {data} data-at="{hit.start:g}" data-end="{hit.end:g}">'
        f"<h3>{heading(hit, links)}</h3>"
        f"<p><span class=cs-label>{label}:</span> {first[1]}</p>"
        + "".join(folded(label, f"<p>{text}</p>") for label, text in others)
        + "</article>"
    )


def heading(hit: Hit, links: Links) -> str:
    """Return the link that plays a moment: its times, and the title of its note if it has one."""
    language = links.language
    times = f"{clock(hit.start)}–{clock(hit.end)}"
    title = moment.note_title(hit.note, language) if hit.note else ""
    shown = f"{times} · {escape_html(title)}" if title else times
    link = links.play(hit.video, hit.start, shown, attributes="data-moment")
    badge = f" <span class=cs-badge>{say(language, 'qa')}</span>" if moment.is_qa(hit) else ""
    return link + badge


def actions(hit: Hit, language: Language, folded_slide: str = "") -> str:
    """Return the buttons that copy a moment, the link to YouTube, and a slide from `slide_html`."""
    markdown = moment.as_markdown(hit, language)
    shown = [html.copy_button(say(language, "copy_text"), markdown)]
    if link := moment.watch_link(hit):
        shown.insert(0, html.copy_button(say(language, "copy_link"), link))
        shown.append(html.away_link(link, say(language, "watch", time=clock(hit.start))))
    return f"<div class=cs-actions>{' '.join(shown)} {folded_slide}</div>"


def slide_html(slide: Slide, deck: Deck | None, language: Language, is_best: bool) -> str:
    """Return the slide about a moment: open beside the best moment, folded beside others."""
    name = slide_name(slide, deck, language)
    text = slide_text(slide, language)
    if is_best:
        return f"<aside class=cs-slide><strong>{name}</strong>{text}</aside>"
    label = say(language, "slide_short", number=slide.number)
    return folded(label, f"<p>{name}</p>{text}")


def folded_slide(slide: Slide, deck: Deck | None, language: Language) -> str:
    """Return a slide: its name, and its summary folded below it."""
    return folded(slide_name(slide, deck, language), slide_text(slide, language))


def slide_name(slide: Slide, deck: Deck | None, language: Language) -> str:
    """Return number, author and title of a slide."""
    number = slide_number(slide, deck, language, escape_html)
    title = escape_html(in_language(slide.title, slide.title_ja, language))
    return f"{number} · {title}"


def slide_number(
    slide: Slide, deck: Deck | None, language: Language, escape: Callable[[str], str]
) -> str:
    """Return number and author of a slide; no author for one of another deck, which a course may
    have as well."""
    author = deck.author if deck and deck.url and slide.url.startswith(deck.url) else ""
    key = "slide_by" if author else "slide"
    return say(language, key, number=slide.number, author=escape(author))


def slide_text(slide: Slide, language: Language) -> str:
    """Return the summary of a slide, and the link that opens it."""
    summary = escape_html(in_language(slide.summary, slide.summary_ja, language))
    link = html.away_link(slide.url, say(language, "open_slide", number=slide.number))
    return f"<p>{summary}{f' {link}' if slide.url else ''}</p>"


def folded(label: str, body: str) -> str:
    """Return a body that a click on its label unfolds. Both are HTML."""
    return f"<details><summary>{label}</summary>{body}</details>"
