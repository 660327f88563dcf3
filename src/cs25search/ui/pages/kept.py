"""The page of kept moments: notes, order, export, and a link that restores the list."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

import streamlit as st

from ...errors import Cs25SearchError
from ...search import Index
from ...times import clock, watch_url
from ...wording import label
from ..context import PageContext
from ..live import live_index, live_indexes
from ..views import html, kept, kept_export
from ..views.address import video_address
from ..views.kept import KeptMoment
from ..views.kept_card import kept_card
from ..views.kept_export import Described, describe
from ..views.markup import escape_markup, muted
from ..widgets import desk, kept_list
from ..widgets.problem import show_problem

LINK = "moments"  # the URL parameter with the moments of a link
REMOVED = "kept-removed"  # in the session: the moment that was removed last
OWN = "kept-list"  # the container of the visitor's own moments
FILE = "my-moments"


class Export(NamedTuple):
    """A file that can be saved: its ending, the key of its label, and its content."""

    ending: str
    label: str
    content: str


def show(context: PageContext) -> None:
    """Show the page."""
    own = kept.listed(kept_list.kept_moments())
    shared, ignored = kept.read_link(st.query_params.get(LINK, ""))
    known = _known(context, [*own, *shared]) if own or shared else {}
    if not known:
        _show_lists(context, own, shared, ignored, known)
        return
    main, side = st.columns([5, 3], gap="medium")
    with main:
        _show_lists(context, own, shared, ignored, known)
    with side, st.container(key="player"):
        videos = {about.video.video_id: about.video for about in known.values()}
        desk.show_desk(context, videos.values(), desk.Options(box=""))


def _show_lists(
    context: PageContext,
    own: Sequence[KeptMoment],
    shared: Sequence[KeptMoment],
    ignored: int,
    known: Mapping[str, Described],
) -> None:
    """Show the moments of a link, then the visitor's own."""
    if shared or ignored:
        _show_shared(context, shared, ignored, known)
    if kept_list.is_refused():
        st.warning(context.say("kept_refused"), icon=":material/warning:")
    removed: KeptMoment | None = st.session_state.get(REMOVED)
    if not own:
        if removed:
            _show_removed(context, removed)
        if not shared:
            _show_empty(context)
        return
    if shared or ignored:
        st.header(context.say("page_kept"), anchor=False)
    st.markdown(muted(context.say("kept_about", count=len(own))))
    with st.container(horizontal=True, vertical_alignment="center", key="kept-actions"):
        if known:
            st.html(html.reel_button(context.say("kept_play"), OWN), width="content")
        _offer_export(context, [known[one.name] for one in own if one.name in known])
        _offer_link(context, own)
    with st.container(key=OWN):
        for place, one in enumerate(own):
            if removed and removed.order <= one.order:
                _show_removed(context, removed)
                removed = None
            _show_own(context, one, known, is_first=not place, is_last=place == len(own) - 1)
        if removed:
            _show_removed(context, removed)


def _known(context: PageContext, moments: Sequence[KeptMoment]) -> dict[str, Described]:
    """Return what the courses have about moments, by their names; the current course first."""
    indexes: list[Index] = []
    try:
        indexes.append(live_index(context))
    except Cs25SearchError as error:
        show_problem(error, context.language, context)
    found = _describe_all(moments, indexes)
    if context.titles and any(one.name not in found for one in moments):
        found = _describe_all(moments, list(live_indexes(context).values())) | found
    return found


def _describe_all(moments: Sequence[KeptMoment], indexes: Sequence[Index]) -> dict[str, Described]:
    return {
        one.name: about for one in moments for index in indexes if (about := describe(one, index))
    }


def _show_empty(context: PageContext) -> None:
    st.info(context.say("kept_nothing"), icon=":material/star:")
    st.page_link(
        context.pages["search"],
        label=context.say("page_search"),
        icon=":material/search:",
        query_params=context.address,
    )


def _show_shared(
    context: PageContext, shared: Sequence[KeptMoment], ignored: int, known: Mapping[str, Described]
) -> None:
    """Show the moments of a link; they join the visitor's own only when asked to."""
    with st.container(border=True, key="shared"):
        st.header(context.say("shared"), anchor=False)
        if ignored:
            text = context.say("shared_ignored", count=ignored, most=kept.MOST)
            st.warning(text, icon=":material/link_off:")
        for one in shared:
            _show_facts(context, one, known)
        there = {one.key for one in kept.listed(kept_list.kept_moments())}
        new = [one for one in shared if one.key not in there]
        room = kept.MOST - len(there)
        if len(new) > room:
            st.warning(context.say("kept_full", count=kept.MOST))
        if new and room > 0:
            st.button(
                context.say("shared_add", count=min(len(new), room)),
                icon=":material/star:",
                type="primary",
                on_click=_add_shared,
                args=(new,),
            )
        elif shared and not new:
            st.markdown(muted(context.say("shared_there")))


def _add_shared(moments: Sequence[KeptMoment]) -> None:
    kept_list.change(kept.add(kept_list.kept_moments(), moments, kept_list.now()))
    st.query_params.pop(LINK, None)


def _show_own(
    context: PageContext,
    one: KeptMoment,
    known: Mapping[str, Described],
    *,
    is_first: bool,
    is_last: bool,
) -> None:
    with st.container(border=True, key=f"kept-{one.name}", gap="xsmall"):
        _show_facts(context, one, known)
        _show_note(context, one)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _show_read(context, one, known)
            for label, icon, is_off, act, arguments in (
                ("kept_up", "arrow_upward", is_first, _move, (one, -1)),
                ("kept_down", "arrow_downward", is_last, _move, (one, 1)),
                ("kept_remove", "delete", False, _remove, (one,)),
            ):
                st.button(
                    context.say(label),
                    key=f"{label}-{one.name}",
                    icon=f":material/{icon}:",
                    type="tertiary",
                    disabled=is_off,
                    on_click=act,
                    args=arguments,
                )


def _show_note(context: PageContext, one: KeptMoment) -> None:
    key = f"own-{one.name}"
    # Set only if it differs, or words that are being typed would be replaced.
    if st.session_state.get(key) != one.note:
        st.session_state[key] = one.note
    st.text_area(
        context.say("kept_own"),
        key=key,
        height="content",
        max_chars=kept.LONGEST_NOTE,
        on_change=_annotate,
        args=(one, key),
    )


def _show_facts(context: PageContext, one: KeptMoment, known: Mapping[str, Described]) -> None:
    """Show time, place, study note and quote of a moment."""
    about = known.get(one.name)
    if about is None:
        times, link = f"{clock(one.start)}–{clock(one.end)}", watch_url(one.video_id, one.start)
        linked = f"[{times}]({link})" if link else times
        st.markdown(f"**{linked}** · {escape_markup(one.video_id)}")
        st.markdown(muted(context.say("kept_unknown")))
        return
    if about.course in context.titles and about.course != context.place.course:
        st.markdown(muted(escape_markup(context.titles[about.course])))
    st.html(kept_card(about, context.links))
    if text := about.note_text(context.language):
        st.markdown(
            f"{muted(escape_markup(about.note_label(context.language)))}  \n{escape_markup(text)}"
        )
    if about.quote:
        name = label("transcript", context.language)
        with st.expander(name) if about.note else st.container(gap="xsmall"):
            if not about.note:
                st.markdown(muted(name))
            st.markdown(escape_markup(about.quote))
    if about.slide:
        name = escape_markup(about.slide_label(context.language))
        st.markdown(f":small[{f'[{name}]({about.slide.url})' if about.slide.url else name}]")


def _show_read(context: PageContext, one: KeptMoment, known: Mapping[str, Described]) -> None:
    about = known.get(one.name)
    if about is None:
        return
    course = {"course": about.course} if context.titles else {}
    st.page_link(
        context.pages["lecture"],
        label=context.say("kept_read"),
        icon=":material/menu_book:",
        query_params=context.address | course | video_address(about.video, one.start),
    )


def _show_removed(context: PageContext, removed: KeptMoment) -> None:
    """Show where a moment was, and the button that puts it back."""
    with st.container(horizontal=True, vertical_alignment="center", key="removed"):
        st.markdown(context.say("kept_removed", time=clock(removed.start)), width="content")
        st.button(context.say("undo"), icon=":material/undo:", on_click=_undo, args=(removed,))


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


def _offer_export(context: PageContext, moments: Sequence[Described]) -> None:
    title = f"{context.say('page_kept')} · {context.course_title}"
    language = context.language
    files = [
        Export("md", "kept_markdown", kept_export.to_markdown(moments, title, language)),
        # The byte order mark shows spreadsheets that it is UTF-8.
        Export("csv", "kept_csv", "\ufeff" + kept_export.to_csv(moments, language)),
        Export("txt", "kept_anki", kept_export.to_anki(moments, context.place.course, language)),
    ]
    with st.popover(context.say("kept_export"), icon=":material/download:"):
        for one in files:
            st.download_button(
                context.say(one.label),
                one.content.encode("utf-8", "replace"),
                f"{FILE}.{one.ending}",
                key=f"export-{one.ending}",
                on_click="ignore",
            )
        st.markdown(muted(context.say("kept_anki_how")))


def _offer_link(context: PageContext, own: Sequence[KeptMoment]) -> None:
    with st.popover(context.say("kept_share"), icon=":material/link:"):
        st.markdown(context.say("kept_share_about"))
        page = (st.context.url or "").partition("?")[0]
        query = urlencode(context.address | {LINK: kept.write_link(own)}, safe="~")
        st.code(f"{page}?{query}", language=None, wrap_lines=True)
