"""The list below the search box: suggestions and recent questions (scripts/box.js)."""

from ..context import PageContext
from ..live import suggested
from .scripts import component, serve

KEY = "suggestions"


def show_list(context: PageContext, question: str, whole: str) -> None:
    """Show the list, closed at first; call it directly below the box.

    Args:
        question: The question in the box.
        whole: The same, completed from the question before; this is kept as recent, in the
            browser only.
    """
    packed = suggested(context).packed
    component("box", isolate_styles=False)(
        key=KEY,
        data={
            "label": context.say("question"),
            "course": context.place.course,
            "asked": question.strip(),
            "whole": whole.strip(),
            "url": serve(packed, "application/gzip", KEY) if packed else "",
            "words": {name: context.say(name) for name in ("suggested", "recent", "clear")},
        },
    )
