"""What every page needs: language, course, index, the other pages."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from ..language_model import Endpoint
from ..place import Place
from ..records import About, Language, Lecture, Video
from ..text.clean import clean
from .access import ONLY_HERE, Access
from .views.html import Links
from .views.moment import video_title
from .views.texts import say

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage


@dataclass(frozen=True, slots=True)
class PageContext:
    """Language, course, where its index lies, and the pages that can be linked to.

    Attributes:
        endpoint: The language model that writes answers; None for extracts.
        access: Who may start an ingest.
        titles: Of all courses by name, if there are several.
    """

    language: Language
    course: About
    place: Place
    pages: "dict[str, StreamlitPage]"
    endpoint: Endpoint | None = None
    access: Access = ONLY_HERE
    titles: dict[str, str] = field(default_factory=dict)

    def say(self, key: str, **values: object) -> str:
        """Return a text of the app."""
        return say(self.language, key, **values)

    def local(self, english: str, japanese: str) -> str:
        """Return a text of the course in the language of the page, else in the other one."""
        return (japanese or english) if self.language == "ja" else (english or japanese)

    @property
    def course_title(self) -> str:
        """The title of the course."""
        return self.local(self.course.title, self.course.title_ja)

    @property
    def address(self) -> dict[str, str]:
        """The parameters that every link to a page keeps."""
        kept = {"lang": str(self.language)}
        return kept | ({"course": self.place.course} if self.titles else {})

    @property
    def links(self) -> Links:
        """What makes the links of this page."""
        return Links(self.language, self.address)

    def name_tab(self, name: str) -> None:
        """Set the title of the browser tab; "" leaves it unchanged."""
        if shown := clean(name):
            st.set_page_config(page_title=f"{shown} · cs25search")

    def title(self, video: Video | Lecture) -> str:
        """Return number and title of a lecture or another recording."""
        one = video.video() if isinstance(video, Lecture) else video
        return video_title(one, self.language)
