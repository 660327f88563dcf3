"""Language and lectures in the URL.

Streamlit can bind a widget to the URL, but then the URL contains the labels, which change with the
language. The question is bound that way; language and lectures are handled here, so that a link
works in both languages: ?lang=ja&lecture=5&lecture=9&q=...
"""

from collections.abc import Iterable, Sequence

from ...ranking.filters import Filters
from ...records import LANGUAGES, Language, Lecture, Video

Chosen = int | str  # a lecture by its number, another video by its id


def video_address(video: Video | Lecture, start: float | None = None) -> dict[str, str]:
    """Return the URL parameters of a lecture, or of another recording, and of a second in it.

    >>> video_address(Video("U8J32Z3qV8s", "T", (), 9.0, 5), 582.3)
    {'lecture': '5', 't': '582'}
    >>> video_address(Lecture(0, "T", "U8J32Z3qV8s"))
    {'video': 'U8J32Z3qV8s'}
    """
    number = video.number if isinstance(video, Lecture) else video.lecture
    named = {"lecture": str(number)} if number else {"video": video.video_id}
    return named if start is None else named | {"t": str(int(start))}


def first_language(linked: str | None, locale: str | None) -> Language:
    """Return the language to start with: the one in the URL, else the browser's.

    >>> first_language("en", "ja-JP"), first_language(None, "ja-JP"), first_language("xx", None)
    ('en', 'ja', 'en')
    """
    for language in LANGUAGES:
        if language == linked:
            return language
    return "ja" if (locale or "").lower().startswith("ja") else "en"


def first_chosen(linked: Iterable[str], known: Iterable[Chosen]) -> list[Chosen]:
    """Return the existing lectures and videos of the URL, in order and without duplicates.

    >>> first_chosen(["9", "5", "5", "77", "x", "U8J32Z3qV8s"], [*range(1, 11), "U8J32Z3qV8s"])
    [5, 9, 'U8J32Z3qV8s']
    """
    names = set(linked)
    return [one for one in known if str(one) in names]


def chosen_filters(chosen: Sequence[Chosen], videos: Sequence[Video]) -> Filters:
    """Return filters for moments in any of the chosen lectures and videos.

    >>> chosen_filters([5], []).lectures, chosen_filters(["U8J32Z3qV8s"], []).videos
    (frozenset({5}), frozenset({'U8J32Z3qV8s'}))
    """
    numbers = frozenset(one for one in chosen if isinstance(one, int))
    ids = frozenset(one for one in chosen if isinstance(one, str))
    if not ids:
        return Filters(lectures=numbers)
    # With both filters set, a moment would have to pass both.
    return Filters(videos=ids | {video.video_id for video in videos if video.lecture in numbers})
