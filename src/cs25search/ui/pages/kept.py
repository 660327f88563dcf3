"""The page of kept moments: notes, order, export, and a link that restores the list."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

import streamlit as st

from ...errors import Cs25SearchError
from ...search import Index
from ...times import clock, watch_url
from ..here import Here, show_problem
from ..live import live_index, live_indexes
from ..views import html, kept, kept_export
from ..views.address import video_address
from ..views.kept import KeptMoment
from ..views.kept_card import kept_card
from ..views.kept_export import Described, describe
from ..views.markup import escape_markup, muted
from ..widgets import desk, kept_list

LINK = "moments"  # the URL parameter with the moments of a link
REMOVED = "kept-removed"  # in the session: the moment that was removed last
OWN = "kept-list"  # the container of the visitor's own moments
FILE = "my-moments"


class Export(NamedTuple):
    """A file that can be saved: its ending, the key of its label, and its content."""

    ending: str
    label: str
    content: str


def show(here: Here) -> None:
    """Show the page."""
    own = kept.listed(kept_list.kept_moments())
    shared, ignored = kept.read_link(st.query_params.get(LINK, ""))
    known = _known(here, [*own, *shared]) if own or shared else {}
    if not known:
        _show_lists(here, own, shared, ignored, known)
        return
    main, side = st.columns([5, 3], gap="medium")
    with main:
        _show_lists(here, own, shared, ignored, known)
    with side, st.container(key="player"):
        videos = {about.video.video_id: about.video for about in known.values()}
        desk.show_desk(here, videos.values(), desk.Options(box=""))


def _show_lists(
    here: Here,
    own: Sequence[KeptMoment],
    shared: Sequence[KeptMoment],
    ignored: int,
    known: Mapping[str, Described],
) -> None:
    """Show the moments of a link, then the visitor's own."""
    if shared or ignored:
        _show_shared(here, shared, ignored, known)
    if kept_list.is_refused():
        st.warning(here.say("kept_refused"), icon=":material/warning:")
    removed: KeptMoment | None = st.session_state.get(REMOVED)
    if not own:
        if removed:
            _show_removed(here, removed)
        if not shared:
            _show_empty(here)
        return
    if shared or ignored:
        st.header(here.say("page_kept"), anchor=False)
    st.markdown(muted(here.say("kept_about", count=len(own))))
    with st.container(horizontal=True, vertical_alignment="center", key="kept-actions"):
        if known:
            st.html(html.reel_button(here.say("kept_play"), OWN), width="content")
        _offer_export(here, [known[one.name] for one in own if one.name in known])
        _offer_link(here, own)
    with st.container(key=OWN):
        for place, one in enumerate(own):
            if removed and removed.order <= one.order:
                _show_removed(here, removed)
                removed = None
            _show_own(here, one, known, is_first=not place, is_last=place == len(own) - 1)
        if removed:
            _show_removed(here, removed)


def _known(here: Here, moments: Sequence[KeptMoment]) -> dict[str, Described]:
    """Return what the courses have about moments, by their names; the current course first."""
    indexes: list[Index] = []
    try:
        indexes.append(live_index(here))
    except Cs25SearchError as error:
        show_problem(error, here.language, here)
    found = _describe_all(moments, indexes)
    if here.titles and any(one.name not in found for one in moments):
        found = _describe_all(moments, list(live_indexes(here).values())) | found
    return found


def _describe_all(moments: Sequence[KeptMoment], indexes: Sequence[Index]) -> dict[str, Described]:
    return {
        one.name: about for one in moments for index in indexes if (about := describe(one, index))
    }


def _show_empty(here: Here) -> None:
    st.info(here.say("kept_nothing"), icon=":material/star:")
    st.page_link(
        here.pages["search"],
        label=here.say("page_search"),
        icon=":material/search:",
        query_params=here.address,
    )


def _show_shared(
    here: Here, shared: Sequence[KeptMoment], ignored: int, known: Mapping[str, Described]
) -> None:
    """Show the moments of a link; they join the visitor's own only when asked to."""
    with st.container(border=True, key="shared"):
        st.header(here.say("shared"), anchor=False)
        if ignored:
            text = here.say("shared_ignored", count=ignored, most=kept.MOST)
            st.warning(text, icon=":material/link_off:")
        for one in shared:
            _show_facts(here, one, known)
        there = {one.key for one in kept.listed(kept_list.kept_moments())}
        new = [one for one in shared if one.key not in there]
        room = kept.MOST - len(there)
        if len(new) > room:
            st.warning(here.say("kept_full", count=kept.MOST))
        if new and room > 0:
            st.button(
                here.say("shared_add", count=min(len(new), room)),
                icon=":material/star:",
                type="primary",
                on_click=_add_shared,
                args=(new,),
            )
        elif shared and not new:
            st.markdown(muted(here.say("shared_there")))


def _add_shared(moments: Sequence[KeptMoment]) -> None:
    kept_list.change(kept.add(kept_list.kept_moments(), moments, kept_list.now()))
    st.query_params.pop(LINK, None)


def _show_own(
    here: Here, one: KeptMoment, known: Mapping[str, Described], *, is_first: bool, is_last: bool
) -> None:
    with st.container(border=True, key=f"kept-{one.name}", gap="xsmall"):
        _show_facts(here, one, known)
        _show_note(here, one)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _show_read(here, one, known)
            for label, icon, is_off, act, arguments in (
                ("kept_up", "arrow_upward", is_first, _move, (one, -1)),
                ("kept_down", "arrow_downward", is_last, _move, (one, 1)),
                ("kept_remove", "delete", False, _remove, (one,)),
            ):
                st.button(
                    here.say(label),
                    key=f"{label}-{one.name}",
                    icon=f":material/{icon}:",
                    type="tertiary",
                    disabled=is_off,
                    on_click=act,
                    args=arguments,
                )


def _show_note(here: Here, one: KeptMoment) -> None:
    key = f"own-{one.name}"
    # Set only if it differs, or words that are being typed would be replaced.
    if st.session_state.get(key) != one.note:
        st.session_state[key] = one.note
    st.text_area(
        here.say("kept_own"),
        key=key,
        height="content",
        max_chars=kept.LONGEST_NOTE,
        on_change=_annotate,
        args=(one, key),
    )


def _show_facts(here: Here, one: KeptMoment, known: Mapping[str, Described]) -> None:
    """Show time, place, study note and quote of a moment."""
    about = known.get(one.name)
    if about is None:
        times, link = f"{clock(one.start)}–{clock(one.end)}", watch_url(one.video_id, one.start)
        linked = f"[{times}]({link})" if link else times
        st.markdown(f"**{linked}** · {escape_markup(one.video_id)}")
        st.markdown(muted(here.say("kept_unknown")))
        return
    st.html(kept_card(about, here.links))
    if text := about.note_text(here.language):
        st.markdown(
            f"{muted(escape_markup(about.note_label(here.language)))}  \n{escape_markup(text)}"
        )
    if about.quote:
        quote = st.expander(here.say("said")) if about.note else st.container(gap="xsmall")
        with quote:
            if not about.note:
                st.markdown(muted(here.say("said")))
            st.markdown(escape_markup(about.quote))
    if about.slide:
        name = escape_markup(about.slide_label(here.language))
        st.markdown(f":small[{f'[{name}]({about.slide.url})' if about.slide.url else name}]")


def _show_read(here: Here, one: KeptMoment, known: Mapping[str, Described]) -> None:
    about = known.get(one.name)
    if about is None:
        return
    course = {"course": about.course} if here.titles else {}
    st.page_link(
        here.pages["lecture"],
        label=here.say("kept_read"),
        icon=":material/menu_book:",
        query_params=here.address | course | video_address(about.video, one.start),
    )


def _show_removed(here: Here, removed: KeptMoment) -> None:
    """Show where a moment was, and the button that puts it back."""
    with st.container(horizontal=True, vertical_alignment="center", key="removed"):
        st.markdown(here.say("kept_removed", time=clock(removed.start)), width="content")
        st.button(here.say("undo"), icon=":material/undo:", on_click=_undo, args=(removed,))


def _annotate(one: KeptMoment, key: str) -> None:
    note = st.session_state[key]
    kept_list.change(kept.annotate(kept_list.kept_moments(), one.key, note, kept_list.now()))


def _move(one: KeptMoment, by: int) -> None:
    kept_list.change(kept.move(kept_list.kept_moments(), one.key, by, kept_list.now()))
    st.session_state.pop(REMOVED, None)  # its place in the list has changed


def _remove(one: KeptMoment) -> None:
    st.session_state[REMOVED] = one
    kept_list.change(kept.remove(kept_list.kept_moments(), one.key, kept_list.now()))


def _undo(removed: KeptMoment) -> None:
    kept_list.change(kept.undo(kept_list.kept_moments(), removed, kept_list.now()))
    st.session_state.pop(REMOVED, None)


def _offer_export(here: Here, moments: Sequence[Described]) -> None:
    title = f"{here.say('page_kept')} · {here.course_title}"
    language = here.language
    files = [
        Export("md", "kept_markdown", kept_export.to_markdown(moments, title, language)),
        # The byte order mark shows spreadsheets that it is UTF-8.
        Export("csv", "kept_csv", "\ufeff" + kept_export.to_csv(moments, language)),
        Export("txt", "kept_anki", kept_export.to_anki(moments, here.place.course, language)),
    ]
    with st.popover(here.say("kept_export"), icon=":material/download:"):
        for one in files:
            st.download_button(
                here.say(one.label),
                one.content.encode("utf-8", "replace"),
                f"{FILE}.{one.ending}",
                key=f"export-{one.ending}",
                on_click="ignore",
            )
        st.markdown(muted(here.say("kept_anki_how")))


def _offer_link(here: Here, own: Sequence[KeptMoment]) -> None:
    with st.popover(here.say("kept_share"), icon=":material/link:"):
        st.markdown(here.say("kept_share_about"))
        page = (st.context.url or "").partition("?")[0]
        query = urlencode(here.address | {LINK: kept.write_link(own)}, safe="~")
        st.code(f"{page}?{query}", language=None, wrap_lines=True)
