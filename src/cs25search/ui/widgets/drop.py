"""A place on the page to drop a caption file."""

import base64
import binascii
from collections.abc import Callable

import streamlit as st

from ..context import PageContext
from ..views.adding import ENDINGS, LARGEST
from .scripts import component

HTML = '<label><input type="file"><span></span></label><div role="status"></div>'
CSS = """
label {
  display: block;
  padding: 0.9rem;
  border: 1px dashed var(--st-border-color);
  border-radius: var(--st-base-radius);
  color: var(--st-text-color);
  font-family: var(--st-font);
  cursor: pointer;
}
label.over { border-color: var(--st-primary-color); }
label:focus-within { outline: 2px solid var(--st-primary-color); }
input { position: absolute; opacity: 0; pointer-events: none; }
[role=status] { color: var(--st-text-color); font-size: 0.85rem; overflow-wrap: anywhere; }
"""


def show_drop(
    context: PageContext, key: str, disabled: bool, on_file: Callable[[str, bytes], None]
) -> None:
    """Show the place.

    Args:
        on_file: Called with name and content of a file.
    """

    def given() -> None:
        name, content = read_file(st.session_state[key].get("file"))
        if name:
            on_file(name, content)

    component("drop", HTML, CSS)(
        key=key,
        data={
            "label": context.say("add_file"),
            "accept": ",".join(f".{ending}" for ending in ENDINGS),
            "most": LARGEST,
            "too_large": context.say("add_too_large", most=LARGEST // 10**6),
            "disabled": disabled,
        },
        on_file_change=given,
    )


def read_file(given: object) -> tuple[str, bytes]:
    """Return name and content of what scripts/drop.js sends; "" for anything else.

    >>> read_file({"name": "a.srt", "content": "MQ=="}), read_file({"name": "a.srt"})
    (('a.srt', b'1'), ('', b''))
    """
    if not isinstance(given, dict):
        return "", b""
    name, content = given.get("name"), given.get("content")
    if not isinstance(name, str) or not isinstance(content, str) or len(content) > 2 * LARGEST:
        return "", b""
    try:
        return name, base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        return "", b""
