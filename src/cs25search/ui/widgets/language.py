"""The language of the page as browsers see it, and where lines may break."""

import streamlit as st

from ...records import Language
from .scripts import component

# Japanese breaks between phrases instead of anywhere; long words and addresses still break.
BREAKS = """<style>
html:lang(ja) :is(h1, h2, h3, p, li, label, button, a, [data-testid="stMarkdownContainer"]) {
  word-break: auto-phrase;
  line-break: strict;
  overflow-wrap: anywhere;
}
</style>"""


def show_language(language: Language) -> None:
    """Set the language of the page; it shows nothing."""
    st.html(BREAKS)
    component("language")(key="page-language", data={"language": language})
