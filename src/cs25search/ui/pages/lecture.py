"""The lecture page: player, notes, transcript and search within the lecture."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from ...errors import QuestionError
from ...records import Chunk, Hit, Video, in_language
from ...search import Index
from ...text.clean import clean
from ...times import clock, watch_url
from ...transcripts import FORMATS, cues_of, write_transcript
from ..here import Here
from ..live import live_index
from ..views import moment
from ..views.markup import escape, muted
from ..views.transcript import Passage, find, marked, paragraphs
from ..widgets import cards, player

PLACE = "lecture"
MOMENTS = 5
VIEWS = ("view_notes", "view_transcript", "view_deck")


@dataclass(frozen=True, slots=True)
class Line:
    """A passage as the page shows it.

    Attributes:
        number: Its position among all passages, from 0.
        chapters: Those that begin here, as (start, title).
        is_moment: Whether it contains a moment found for the last question.
        wanted: Words to mark.
    """

    number: int
    passage: Passage
    chapters: Sequence[tuple[float, str]] = ()
    is_moment: bool = False
    wanted: str = ""


def show(here: Here) -> None:
    """Show the page for the lecture (lecture=5) or other video (video=ID) in the URL."""
    index = live_index(here)
    videos = {address(video): video for video in index.generation.videos}
    video = videos[_choose(here, videos)]
    here.name_tab(here.title(video))
    show_video(here, index, video)


def address(video: Video) -> str:
    """Return the URL parameter of a video: its number in the deck, else its id."""
    return str(video.lecture or video.video_id)


def _choose(here: Here, videos: dict[str, Video]) -> str:
    asked = st.query_params.get("lecture") or st.query_params.get("video") or ""
    first = asked if asked in videos else next(iter(videos))
    key = f"watched-{here.language}"
    if asked in videos and st.session_state.get("watched-asked") != asked:
        st.session_state[key] = asked  # a different link was followed
    st.session_state.setdefault(key, first)
    chosen: str = st.selectbox(
        here.say("page_lecture"),
        list(videos),
        format_func=lambda name: clean(here.title(videos[name])),
        key=key,
        label_visibility="collapsed",  # the page title says it
        on_change=player.stop,
    )
    st.session_state["watched-asked"] = chosen
    for name, value in (
        ("lecture", chosen if videos[chosen].lecture else None),
        ("video", None if videos[chosen].lecture else chosen),
    ):
        if value is None:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != value:
            st.query_params[name] = value
    return chosen


@st.fragment
def show_video(here: Here, index: Index, video: Video) -> None:
    """Show a recording; a click reruns only this part of the page."""
    notes, spoken = _passages(here, index, video)
    st.markdown(moment.video_line(video, here.language))
    now = player.playing(PLACE)
    if now and now.video_id == video.video_id:
        player.show_player(now, video)
    with st.container(horizontal=True):
        if link := watch_url(video.video_id, 0):
            st.button(
                here.say("play_beginning"),
                icon=":material/play_arrow:",
                type="primary",
                on_click=player.play,
                args=(PLACE, video.video_id, 0.0),
            )
            st.link_button(here.say("watch_lecture"), link, icon=":material/open_in_new:")
        if spoken:
            _offer_transcript(here, index, video)
    hits = _moments(index, video)
    if hits:
        _show_moments(here, video, hits)
    views = [name for name, there in zip(VIEWS, (notes, spoken, video.lecture), strict=True)
             if there] or ["view_notes"]  # fmt: skip
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    with left:
        view = st.radio(
            here.say("view"),
            views,
            format_func=here.say,
            horizontal=True,
            key=f"view-{here.language}-{video.video_id}",
        )
    if view == "view_deck":
        for slide in index.generation.slides:
            if slide.lecture == video.lecture:
                with st.container(border=True):
                    cards.show_slide(here, slide)
        return
    passages = notes if view == "view_notes" else spoken
    with right:
        wanted = st.text_input(
            here.say("find"),
            key=f"find-{video.video_id}",
            icon=":material/find_in_page:",
            on_change=_find_first,
        )
    if wanted.strip():
        _show_found(here, video, passages, wanted)
    else:
        chapters = above(video.chapters, passages)
        for number, passage in enumerate(passages):
            line = Line(number, passage, chapters[number], is_moment(passage, hits))
            _show_passage(here, video, line)
    if view == "view_transcript" and (maker := moment.captions_by(video, here.language)):
        st.markdown(muted(maker))
    if view == "view_notes" and not spoken:
        st.markdown(muted(here.say("no_transcript")))


def _offer_transcript(here: Here, index: Index, video: Video) -> None:
    """Show a menu to download the transcript in each format."""
    with st.popover(here.say("download_transcript"), icon=":material/download:"):
        cues = cues_of(index.chunks_of(video.video_id))
        for form in FORMATS:
            st.download_button(
                f".{form}",
                write_transcript(video, cues, form).encode("utf-8", "replace"),
                f"{video.video_id}.{form}",
                key=f"download-{video.video_id}-{form}",
                on_click="ignore",
            )


def above(
    chapters: Sequence[tuple[float, str]], passages: Sequence[Passage]
) -> list[list[tuple[float, str]]]:
    """Return the chapters to show above each passage, the first one mostly after their start.

    A chapter may begin in silence before the first word, or inside a note.

    >>> above([(0.0, "A"), (50.0, "B")], [Passage(1, 40, ""), Passage(60, 90, "")])
    [[(0.0, 'A')], [(50.0, 'B')]]
    """
    named = []
    before = -1.0
    for passage in passages:
        middle = (passage.start + passage.end) / 2
        named.append([chapter for chapter in chapters if before <= chapter[0] < middle])
        before = max(before, middle)
    return named


def is_moment(passage: Passage, hits: Sequence[Hit]) -> bool:
    """Return whether a passage contains a moment found for the question."""
    return any(hit.start < passage.end and passage.start < hit.end for hit in hits)


def _passages(here: Here, index: Index, video: Video) -> tuple[list[Passage], list[Passage]]:
    chunks = index.chunks_of(video.video_id)
    notes = [_note(here, chunk) for chunk in chunks if chunk.kind == "note"]
    breaks = [start for start, _ in video.chapters]
    spoken = [chunk for chunk in chunks if chunk.kind == "transcript"]
    return notes, paragraphs(cues_of(spoken), breaks)


def _note(here: Here, chunk: Chunk) -> Passage:
    text = in_language(chunk.text, chunk.text_ja, here.language)
    title = in_language(chunk.title, chunk.title_ja, here.language)
    return Passage(chunk.start, chunk.end, text, title, chunk.model)


def _moments(index: Index, video: Video) -> list[Hit]:
    """Return the moments of this lecture that were found for the last question."""
    question: str = st.session_state.get("question", "")
    if not question or not video.lecture:
        return []
    try:
        hits = index.search(question, MOMENTS)
    except QuestionError:
        return []
    return [hit for hit in hits if hit.video.video_id == video.video_id]


def _show_moments(here: Here, video: Video, hits: list[Hit]) -> None:
    with st.container(border=True, key="asked"):
        st.markdown(here.say("asked", question=escape(st.session_state["question"])))
        for hit in sorted(hits, key=lambda hit: hit.start):
            _show_time(video, hit.start, moment.note_title(hit, here.language), "asked")


def _show_time(video: Video, start: float, label: str, name: str) -> None:
    st.button(
        f"{clock(start)} {label}".strip(),
        key=f"{name}-{video.video_id}-{start:g}",
        type="tertiary",
        icon=":material/play_arrow:",
        on_click=player.play,
        args=(PLACE, video.video_id, start),
    )


def _show_passage(here: Here, video: Video, line: Line) -> None:
    passage, wanted = line.passage, line.wanted
    for start, title in line.chapters:
        st.subheader(f"{clock(start)} {escape(title)}", anchor=False)
    with st.container(key=f"passage-{line.number}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            title = marked(passage.title, wanted)
            _show_time(video, passage.start, f"**{title}**" if title else "", "passage")
            if line.is_moment:
                st.badge(here.say("moment_here"), icon=":material/target:", color="yellow")
        link = watch_url(video.video_id, passage.start)
        there = f" :small[[YouTube {clock(passage.start)}]({link})]" if link else ""
        st.markdown(f"{marked(passage.text, wanted)}{there}")
        if passage.model:
            st.markdown(muted(here.say("note_by", model=escape(passage.model))))


def _find_first() -> None:
    st.session_state["found"] = 0


def _step(by: int, count: int) -> None:
    st.session_state["found"] = (st.session_state.get("found", 0) + by) % count


def _show_found(here: Here, video: Video, passages: list[Passage], wanted: str) -> None:
    found = find(passages, wanted)
    if not found:
        st.info(here.say("find_nothing", wanted=escape(wanted)), icon=":material/search_off:")
        return
    at = min(st.session_state.get("found", 0), len(found) - 1)
    with st.container(horizontal=True, vertical_alignment="center", key="found"):
        st.markdown(here.say("find_count", number=at + 1, count=len(found)), width="content")
        st.button(here.say("previous"), icon=":material/arrow_upward:",
                  on_click=_step, args=(-1, len(found)))  # fmt: skip
        st.button(here.say("next"), icon=":material/arrow_downward:",
                  on_click=_step, args=(1, len(found)))  # fmt: skip
    with st.container(border=True, key="found-here"):
        _show_passage(here, video, Line(found[at], passages[found[at]], wanted=wanted))
    others = [number for number in found if number != found[at]]
    if others:
        st.markdown(muted(here.say("find_others")))
    for number in others:
        _show_passage(here, video, Line(number, passages[number], wanted=wanted))
