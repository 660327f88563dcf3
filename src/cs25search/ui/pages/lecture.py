"""The lecture page: contents, notes beside what was said, the player, search within the lecture."""

from dataclasses import dataclass, replace

import streamlit as st

from ...errors import QuestionError
from ...ranking.moments import slides_of
from ...records import Chunk, Hit, Video, in_language
from ...search import Index
from ...text.clean import clean
from ...times import clock, watch_url
from ...transcripts import FORMATS, cues_of, write_transcript
from ..context import PageContext
from ..live import live_index
from ..views import card, moment
from ..views.address import video_address
from ..views.html import escape_html
from ..views.markup import escape_markup, muted
from ..views.transcript import (
    Text,
    TextRow,
    View,
    is_moment,
    rows_of,
    show_contents,
    show_text,
    with_chapters,
)
from ..widgets import desk

SEARCHED = 5  # best moments of the course; those of this lecture are shown
VIEWS: dict[View, str] = {"both": "view_both", "notes": "view_notes", "speech": "view_speech",
                          "languages": "view_languages"}  # fmt: skip
VIEW, FIND = "view", "find"  # keys, and names in the URL


@dataclass(frozen=True, slots=True)
class Watched:
    """A recording and what the page shows of it.

    Attributes:
        rows: In order of time.
        hits: Moments found for the last question.
    """

    video: Video
    rows: tuple[TextRow, ...]
    hits: tuple[Hit, ...]

    @property
    def views(self) -> list[View]:
        """The views that have something to show, the usual one first."""
        notes = any(row.note for row in self.rows)
        said = any(row.said for row in self.rows)
        views: list[View] = []
        if notes and said:
            views.append("both")
        if notes:
            views.append("notes")
        if said:
            views.append("speech")
        if any(row.note and row.note.text_ja for row in self.rows):
            views.append("languages")
        return views


def show(context: PageContext) -> None:
    """Show the page for the lecture (lecture=5) or other video (video=ID) in the URL."""
    index = live_index(context)
    videos = {_name(video): video for video in index.generation.videos}
    chosen = _choose(context, videos)
    if chosen is None:
        return
    video = videos[chosen]
    context.name_tab(context.title(video))
    watched = _read(index, video)
    contents, text, side = st.columns([2, 5, 3], gap="medium")
    with contents, st.container(key="contents"):
        st.html(show_contents(_contents(context, watched), video, context.links))
    with text:
        found = _show_said(context, index, watched)
    with side, st.container(key="player"):
        options = desk.Options(context.say("find"), video.video_id, follow=True, found=found)
        desk.show_desk(context, [video], options)
    with side, st.container(key="slides"):
        _show_slides(context, index, video)


def _name(video: Video) -> str:
    """Return what names a video in the URL: its number in the course, else its id."""
    (name,) = video_address(video).values()
    return name


def _choose(context: PageContext, videos: dict[str, Video]) -> str | None:
    """Return the video to show; None if the link names an unknown one."""
    linked = st.query_params.get("lecture") or st.query_params.get("video") or ""
    is_unknown = bool(linked) and linked not in videos
    first = linked if linked in videos else next(iter(videos))
    key = f"watched-{context.language}"
    if linked in videos and st.session_state.get("watched-asked") != linked:
        st.session_state[key] = linked  # a different link was followed
    if not is_unknown:
        st.session_state.setdefault(key, first)
    elif st.session_state.get("watched-asked") != linked:
        st.session_state[key] = None
        st.session_state["watched-asked"] = linked
    chosen: str | None = st.selectbox(
        context.say("page_lecture"),
        list(videos),
        index=None if st.session_state[key] is None else 0,  # None would add an empty choice
        format_func=lambda name: clean(context.title(videos[name])),
        key=key,
        placeholder=context.say("choose_lecture"),
        label_visibility="collapsed",  # the page title says it
        on_change=_leave,
    )
    if chosen is None:
        if is_unknown:
            st.warning(
                context.say("unknown_lecture", name=escape_markup(linked)), icon=":material/help:"
            )
        return None
    st.session_state["watched-asked"] = chosen
    address = video_address(videos[chosen])
    for name in ("lecture", "video"):
        if name not in address:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != chosen:
            st.query_params[name] = chosen
    return chosen


def _leave() -> None:
    """Forget the second of the previous lecture."""
    st.query_params.pop("t", None)


def _read(index: Index, video: Video) -> Watched:
    chunks = index.chunks_of(video.video_id)
    notes = [chunk for chunk in chunks if chunk.kind == "note"]
    cues = cues_of(chunk for chunk in chunks if chunk.kind == "transcript")
    breaks = [start for start, _ in video.chapters]
    rows = with_chapters(rows_of(notes, cues, breaks), video.chapters)
    hits = _moments(index, video)
    slides = slides_of(video, index.searcher.source.with_notes())
    rows = [
        replace(
            row,
            is_moment=is_moment(row, hits),
            slide=slides.get(row.note.chunk_id, 0) if row.note else 0,
        )
        for row in rows
    ]
    return Watched(video, tuple(rows), tuple(hits))


def _moments(index: Index, video: Video) -> list[Hit]:
    """Return the moments of this recording that were found for the last question."""
    question: str = st.session_state.get("question", "")
    if not question:
        return []
    try:
        hits = index.search(question, SEARCHED)
    except QuestionError:
        return []
    return sorted(
        (hit for hit in hits if hit.video.video_id == video.video_id), key=lambda hit: hit.start
    )


def _contents(context: PageContext, watched: Watched) -> list[tuple[float, str]]:
    """Return the outline of a lecture, else its chapters, else the titles of its notes."""
    lectures = {lecture.number: lecture for lecture in context.course.lectures}
    lecture = lectures.get(watched.video.lecture or 0)
    if lecture and lecture.outline:
        return [(one.start, context.local(one.title, one.title_ja)) for one in lecture.outline]
    if watched.video.chapters:
        return list(watched.video.chapters)
    titles = [(row.start, _title(context, row.note)) for row in watched.rows if row.note]
    return titles or [(row.start, _first_words(row)) for row in watched.rows]


def _title(context: PageContext, note: Chunk) -> str:
    return in_language(note.title, note.title_ja, context.language)


def _first_words(row: TextRow, letters: int = 32) -> str:
    """Return how a passage of speech begins."""
    text = " ".join(cue.text for cue in row.said[0])
    return text if len(text) <= letters else f"{text[:letters].rsplit(' ', 1)[0]} …"


def _show_said(context: PageContext, index: Index, watched: Watched) -> str:
    """Show the text of a lecture; return the words that are marked in it."""
    video = watched.video
    st.markdown(moment.video_line(video, context.language))
    if watched.hits:
        _show_moments(context, watched)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        view = _choose_view(context, watched)
        wanted = st.text_input(
            context.say("find"),
            key=FIND,
            bind="query-params",
            icon=":material/find_in_page:",
        )
    rows = show_text(
        Text(watched.rows, view, wanted, _deck(context, index, video)), video, context.links
    )
    if wanted.strip():
        _show_count(context, wanted, rows.count("<mark>"))
    st.html(rows)
    if maker := moment.captions_by(video, context.language):
        st.html(f"<p class=cs-label>{maker}</p>")
    if not any(row.said for row in watched.rows):
        st.markdown(muted(context.say("no_transcript")))
    with st.container(horizontal=True):
        if link := watch_url(video.video_id, 0):
            st.link_button(context.say("watch_lecture"), link, icon=":material/open_in_new:")
        if any(row.said for row in watched.rows):
            _offer_transcript(context, index, video)
    return wanted if "<mark>" in rows else ""


def _choose_view(context: PageContext, watched: Watched) -> View:
    views = watched.views or ["notes"]
    linked = st.query_params.get(VIEW)
    key = f"{VIEW}-{context.language}-{watched.video.video_id}"
    st.session_state.setdefault(key, linked if linked in views else views[0])
    view = st.segmented_control(
        context.say("view"), views, format_func=lambda one: context.say(VIEWS[one]), key=key,
        required=True,
    )  # fmt: skip
    if view == views[0]:
        st.query_params.pop(VIEW, None)
    elif linked != view:
        st.query_params[VIEW] = view or views[0]
    return view or views[0]


def _show_count(context: PageContext, wanted: str, count: int) -> None:
    """Show how often the words occur, and the buttons to step (scripts/find.js)."""
    if not count:
        text = context.say("find_nothing", wanted=escape_markup(wanted))
        st.info(text, icon=":material/search_off:")
        return
    number = "<b data-found>1</b>"
    shown = context.say("find_count", number=number, count=count)
    buttons = "".join(
        f'<button type="button" data-step={by} class=cs-button>{context.say(key)}</button> '
        for key, by in (("previous", -1), ("next", 1))
    )
    st.html(f"<p class='cs-actions cs-finds' aria-live=polite>{shown} {buttons}</p>")


def _deck(context: PageContext, index: Index, video: Video) -> dict[int, str]:
    """Return the titles of the slides of a lecture."""
    return {
        slide.number: in_language(slide.title, slide.title_ja, context.language)
        for slide in index.generation.slides
        if slide.lecture == video.lecture
    }


def _show_slides(context: PageContext, index: Index, video: Video) -> None:
    """Show the slides of a lecture; the one for the current second is marked and unfolded."""
    own = [one for one in index.generation.slides if one.lecture == video.lecture]
    if not own or video.lecture is None:
        return
    deck = index.generation.about.deck
    shown = "".join(
        f"<div data-of-slide={one.number}>{card.folded_slide(one, deck, context.language)}</div>"
        for one in own
    )
    st.html(f"<section class=cs-slides><h2>{context.say('view_deck')}</h2>{shown}</section>")


def _show_moments(context: PageContext, watched: Watched) -> None:
    with st.container(border=True, key="asked", gap="xsmall"):
        st.markdown(context.say("asked", question=escape_markup(st.session_state["question"])))
        lines = "".join(
            f"<li>{context.links.play(watched.video, hit.start, _moment_label(context, hit))}</li>"
            for hit in watched.hits
        )
        st.html(f"<ul class=cs-sources>{lines}</ul>")


def _moment_label(context: PageContext, hit: Hit) -> str:
    title = moment.note_title(hit.note, context.language) if hit.note else ""
    return f"{clock(hit.start)} {escape_html(title)}".strip()


def _offer_transcript(context: PageContext, index: Index, video: Video) -> None:
    """Show a menu to download the transcript in each format."""
    with st.popover(context.say("download_transcript"), icon=":material/download:"):
        cues = cues_of(index.chunks_of(video.video_id))
        for form in FORMATS:
            st.download_button(
                f".{form}",
                write_transcript(video.without_file(), cues, form).encode("utf-8", "replace"),
                f"{video.video_id}.{form}",
                key=f"download-{video.video_id}-{form}",
                on_click="ignore",
            )
