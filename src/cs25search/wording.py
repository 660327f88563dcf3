"""The words that answers, terminal and app share, in English and Japanese."""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from .records import (
    CitationKind,
    Language,
    Sentence,
    Slide,
    Status,
    Video,
    in_language,
    lecture_label,
)
from .text.japanese import is_japanese

# "Lecture 3 - ", "第3回：", "03 - ": a number at the beginning of a title.
_OWN_NUMBER = re.compile(
    r"\s*(?:lecture\s*\#?0*(\d{1,3})(?![\w'’])|第\s*0*(\d{1,3})\s*[回講]"
    r"|0*(\d{1,3})(?=\s+[–—|｜-]\s|[.)）:：]\s))[\s:：|｜.,、)）–—-]*",
    re.I,
)

# What is shown instead of an answer, in English and Japanese.
REPLIES: dict[Status | Literal["no_moment", "no_example"], tuple[str, str]] = {
    "partly": (
        "The lectures touch on this; these moments come closest.",
        "講義で触れられている話題です。最も近い場面は次のとおりです。",
    ),
    "not_in_lectures": (
        "I found no answer in the lectures. The closest moments:",
        "講義の中に答えは見つかりませんでした。最も近い場面：",
    ),
    "no_moment": ("I found no answer in the lectures.", "講義の中に答えは見つかりませんでした。"),
    "small_talk": (
        "Hello! Ask me anything about the lectures, for example:",
        "こんにちは！講義について何でも質問してください。たとえば：",
    ),
    "no_example": (
        "Hello! Ask me anything about the lectures.",
        "こんにちは！講義について何でも質問してください。",
    ),
}

_MISSING: dict[Status, tuple[str, str]] = {
    "partly": (
        "The lectures touch on this, but these closest moments do not mention “{}”.",
        "講義で触れられている話題ですが、最も近い次の場面に「{}」は出てきません。",
    ),
    "not_in_lectures": (
        "I found no answer in the lectures. The closest moments do not mention “{}”:",
        "講義の中に答えは見つかりませんでした。最も近い次の場面に「{}」は出てきません：",
    ),
}

# What is said if more is asked for than there is.
NOTHING_MORE = (
    "I found nothing more about this in the lectures.",
    "これ以上の内容は講義の中に見つかりませんでした。",
)

# What is said of a side of a comparison that no lecture has.
NOTHING_ABOUT = ("I found nothing about it in the lectures.", "講義では見つかりませんでした。")

# What is said of a lecture that a question names by a number that no lecture has.
NO_LECTURE = (
    "There is no lecture {unknown}; the index has {known}.",
    "第{unknown}回はありません。あるのは{known}です。",
)

# What is said between a text on what the lectures leave unsaid and the closest moments.
CLOSEST_MOMENTS = ("The closest moments:", "最も近い場面：")

# What is said before entries about the course that may not answer.
CLOSEST_ENTRIES = (
    "This may not answer your question exactly. Closest to it about the course and its slides:",
    "ちょうどの答えではないかもしれません。コースとスライドについて最も近い内容です：",
)

# Who wrote an explanation, in English and Japanese.
WRITTEN_BEFOREHAND = (
    "Written beforehand with AI from the study notes it cites.",
    "引用している学習メモをもとに、あらかじめAIで書かれた説明です。",
)

# The label of each kind of citation in English and Japanese.
LABELS: dict[CitationKind, tuple[str, str]] = {
    "note": ("Study note", "学習メモ"),
    "transcript": ("Said in the lecture", "講義での発言"),
    "slide": ("Summary of the slide", "スライドの要約"),
    "lecture": ("About the lecture", "講義の概要"),
    "deck": ("About the course", "コースについて"),
}


def reply_text(
    status: Status, has_more: bool, language: Language, missing: Sequence[str] = ()
) -> str:
    """Return what is shown instead of an answer.

    Args:
        status: Any but "answered".
        has_more: Whether the closest moments or, after small talk, examples follow.
        missing: Words of the question that none of these moments has.

    >>> reply_text("not_in_lectures", False, "en")
    'I found no answer in the lectures.'
    >>> reply_text("partly", True, "en", ["JFT"])
    'The lectures touch on this, but these closest moments do not mention “JFT”.'
    >>> reply_text("not_in_lectures", True, "ja", ["GPT-4"])
    '講義の中に答えは見つかりませんでした。最も近い次の場面に「GPT-4」は出てきません：'
    """
    if missing and has_more and status in _MISSING:
        names = "」「".join(missing) if language == "ja" else "” or “".join(missing)
        return _MISSING[status][language == "ja"].format(names)
    if not has_more and status == "not_in_lectures":
        return REPLIES["no_moment"][language == "ja"]
    if not has_more and status == "small_talk":
        return REPLIES["no_example"][language == "ja"]
    return REPLIES[status][language == "ja"]


def missing_text(missing: Sequence[str], language: Language) -> str:
    """Return the sentence before an answer that its moments do not have some words.

    >>> missing_text(["grade"], "en"), missing_text(["脳"], "ja")
    ('None of the following mentions “grade”.', '次の内容に「脳」という語は出てきません。')
    """
    if language == "ja":
        return f"次の内容に「{'」「'.join(missing)}」という語は出てきません。"
    return f"None of the following mentions “{'” or “'.join(missing)}”."


def label(kind: CitationKind, language: Language) -> str:
    """Return the label of a citation.

    >>> label("note", "en"), label("note", "ja")
    ('Study note', '学習メモ')
    """
    return LABELS[kind][language == "ja"]


def file_at(path: str, start: float, language: Language) -> str:
    """Return a local file and the second to play from.

    >>> file_at("/talks/knives.mp3", 53.2, "en"), file_at("/talks/knives.mp3", 53.2, "ja")
    ('/talks/knives.mp3, second 53', '/talks/knives.mp3（53秒から）')
    """
    seconds = max(0, int(start))
    return f"{path}（{seconds}秒から）" if language == "ja" else f"{path}, second {seconds}"


def quote_of(text: str) -> str:
    """Return spoken words in quotation marks; only speech may be quoted like this.

    >>> quote_of("So we cast it."), quote_of("変換します。")
    ('“So we cast it.”', '「変換します。」')
    """
    return f"「{text}」" if is_japanese(text) else f"“{text}”"


def has_title(video: Video) -> bool:
    """Return whether a recording has a title in either language, not only its id."""
    return video.title != video.video_id or bool(video.title_ja)


def recording_title(video: Video, language: Language) -> str:
    """Return the title of a recording, or that it has none beside its id.

    >>> recording_title(Video("Iiv9R6BjxHM", "Iiv9R6BjxHM", (), 0.0), "en")
    'untitled (Iiv9R6BjxHM)'
    >>> recording_title(Video("Iiv9R6BjxHM", "GLOM", (), 0.0, title_ja="部分と全体"), "ja")
    '部分と全体'
    """
    if not has_title(video):
        return f"無題（{video.video_id}）" if language == "ja" else f"untitled ({video.video_id})"
    return in_language(video.title, video.title_ja, language)


def _title_after_number(video: Video, language: Language) -> str:
    """Return a title to show after the number of the lecture, which it may begin with itself.

    >>> titles = ("Lecture 3 - Salt", "第3回 塩", "03 - Salt", "3. Salt", "3D salt", "3.5 salts")
    >>> [_title_after_number(Video("", one, (), 0.0, 3), "en") for one in titles]
    ['Salt', '塩', 'Salt', 'Salt', '3D salt', '3.5 salts']
    >>> _title_after_number(Video("", "Lecture 4: Heat", (), 0.0, 3), "en")
    'Lecture 4: Heat'
    """
    title = recording_title(video, language)
    own = _OWN_NUMBER.match(title)
    return title[own.end() :] if own and int(own[1] or own[2] or own[3]) == video.lecture else title


def lecture_title(video: Video, language: Language, between: tuple[str, str] = (": ", "：")) -> str:
    """Return number and title of a lecture, as in a heading; the title outside the deck.

    Args:
        between: What separates the two in English and in Japanese.

    >>> glom = Video("", "GLOM", ("Geoffrey Hinton",), 0.0, 8)
    >>> lecture_title(glom, "en"), lecture_title(glom, "ja", (" · ", " · "))
    ('Lecture 8: GLOM', '第8回 · GLOM')
    """
    number, title = lecture_label(video.lecture, language), _title_after_number(video, language)
    return between[language == "ja"].join(filter(None, [number, title]))


def named_lecture(
    video: Video, language: Language, with_speakers: bool = False, between: str = ", "
) -> str:
    """Return a lecture as a sentence names it.

    Args:
        between: What separates number and title in English.

    >>> glom = Video("", "GLOM", ("Geoffrey Hinton",), 0.0, 8)
    >>> named_lecture(glom, "en"), named_lecture(glom, "en", True, ": ")
    ('Lecture 8, GLOM', 'Lecture 8: GLOM, by Geoffrey Hinton')
    >>> named_lecture(glom, "ja", True)
    '第8回「GLOM」（Geoffrey Hinton）'
    """
    names = video.speakers if with_speakers else ()
    if language == "ja":
        by = f"（{'、'.join(names)}）" if names else ""
        title = _title_after_number(video, language)
        named = f"「{title}」" if title else ""
        return f"{lecture_label(video.lecture, language)}{named}{by}"
    by = f", by {english_list(names)}" if names else ""
    return f"{lecture_title(video, language, (between, between))}{by}"


def slide_title(slide: Slide, language: Language) -> str:
    """Return number and title of a slide.

    >>> slide_title(Slide(18, None, "Experts", "", "", "エキスパート"), "ja")
    'スライド18: エキスパート'
    """
    name = "スライド" if language == "ja" else "Slide "
    return f"{name}{slide.number}: {in_language(slide.title, slide.title_ja, language)}"


def cited_once(sentences: Iterable[Sentence]) -> list[tuple[Sentence, tuple[int, ...]]]:
    """Return sentences with the numbers to show: once for sentences in a row that cite the same.

    >>> said = [Sentence("A.", (1,)), Sentence("It is fast.", (1,)), Sentence("So.", (2,))]
    >>> [numbers for _, numbers in cited_once(said)]
    [(), (1,), (2,)]
    >>> cited_once([])  # a draft before its first sentence
    []
    """
    shown: list[tuple[Sentence, tuple[int, ...]]] = []
    for one in reversed(list(sentences)):
        after = shown[-1][0].citations if shown else ()
        shown.append((one, () if one.citations == after else one.citations))
    return shown[::-1]


def english_list(names: Sequence[str]) -> str:
    """Return names as an English list.

    >>> english_list(["Div", "Chetanya", "Advay"])
    'Div, Chetanya and Advay'
    """
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
