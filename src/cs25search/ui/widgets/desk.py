"""The desk of a page: its one player, its keys, and what follows the player (scripts/desk.js).

Times on a page are links (views/html.py). The script plays them in place, so a click needs neither
the server nor a new frame. YouTube is asked for nothing before the first click.
"""

import mimetypes
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from ...records import Video
from ...text.clean import clean
from ...times import is_youtube_id
from ..context import PageContext
from .scripts import FOLDER, PACKAGE, component, serve

KEY = "desk"
AUDIO = re.compile(r"\.(?:mp3|m4a|wav|ogg|opus|flac|aac)$", re.I)
STYLE = (PACKAGE / FOLDER / "desk.css").read_text("utf-8")
# Texts of the script, which names them by what follows "desk_".
SCRIPT_TEXTS = ("desk_player", "desk_quiet", "desk_play_from", "desk_play_all", "desk_follow",
         "desk_keys", "desk_close", "desk_copied", "desk_blocked", "desk_broken",
         "desk_elsewhere")  # fmt: skip
KEYS = {"/": "key_box", "Space": "key_space", "j / l": "key_skip", "n / p": "key_moment",
        "?": "key_help"}  # fmt: skip
FIND_KEYS = {"Enter / Shift+Enter": "key_find"}  # on a page with Find


@dataclass(frozen=True, slots=True)
class Options:
    """What differs between pages.

    Attributes:
        box: Label of the field that the key / goes to.
        video: Id of the one video of the page; "" where there are several.
        follow: Whether the page scrolls with the player.
        focus: Whether the field has the focus when the page opens.
        found: Words in the field that are marked on the page.
    """

    box: str
    video: str = ""
    follow: bool = False
    focus: bool = False
    found: str = ""


def show_style() -> None:
    """Load the styles of the desk and of the HTML in views/."""
    st.html(f"<style>{STYLE}</style>")


def show_desk(
    context: PageContext,
    videos: Iterable[Video],
    options: Options,
    ask: Callable[[str], None] | None = None,
) -> None:
    """Show the player; call it once in each run of a page.

    Args:
        videos: Those that the page can play.
        ask: Called with a question that the visitor has chosen, before the page runs.
    """
    videos = list(videos)
    words: dict[str, Any] = {
        key.removeprefix("desk_"): context.say(key, time="{time}", host="{host}")
        for key in SCRIPT_TEXTS
    }
    keys = (FIND_KEYS if options.video else {}) | KEYS
    words["keys_list"] = [[context.say("space") if key == "Space" else key, context.say(text)]
                          for key, text in keys.items()]  # fmt: skip
    component("desk", isolate_styles=False)(
        key=KEY,
        data={
            "words": words,
            "titles": {video.video_id: clean(context.title(video)) for video in videos},
            "media": {
                video.video_id: {"url": url, "audio": bool(AUDIO.search(video.media))}
                for video in videos
                if not is_youtube_id(video.video_id) and (url := _address(video))
            },
            **asdict(options),
        },
        on_ask_change=partial(_asked, ask),
    )


def _asked(ask: Callable[[str], None] | None) -> None:
    question = st.session_state[KEY].get("ask")
    if ask and question:
        ask(question)


def _address(video: Video) -> str:
    """Return where the browser finds a recording that is not on YouTube; "" if nowhere.

    Only http and https, as the browser opens it.

    A file of this machine is served as Streamlit serves those of st.video.
    """
    if video.media.startswith(("http://", "https://")):
        return video.media
    if not Path(video.media).is_file():
        return ""
    kind = mimetypes.guess_type(video.media)[0] or "video/mp4"
    return serve(video.media, kind, f"{KEY}-{video.video_id}")
