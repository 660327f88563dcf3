"""Read video id, language and title from the name of a caption file.

yt-dlp, youtube-dl, YouTube Studio, Whisper and meeting programs all name their files differently.
What a name does not contain stays empty.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol, TypeVar

# Formats that time each word come first, general text formats last.
FORMATS = "json3 vtt srt srv3 srv2 srv1 ttml dfxp sbv ass ssa lrc smi json tsv xml txt".split()
# Files that are common beside captions and are not captions.
COMPANIONS = frozenset(
    "mp4 mkv webm mov avi m4v mp3 m4a wav ogg opus flac aac wma jpg jpeg png webp gif part ytdl "
    "description url pdf zip html htm md toml log db docx pptx ini lnk nfo py".split()
)
MEDIA = re.compile(r"\.(?:mp4|mkv|webm|mov|avi|m4v|mp3|m4a|wav|ogg|opus|flac|aac|wma)$", re.I)

# The last of the eleven characters of an id carries only four bits.
VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{10}[AEIMQUYcgkosw048]")
_ID = r"(?P<id>[A-Za-z0-9_-]{10}[AEIMQUYcgkosw048])"
_WITH_ID = [
    re.compile(pattern)
    for pattern in (
        rf"(?P<title>.*?)[\s_.-]*[\[(（【]{_ID}[\])）】](?P<rest>.*)",  # yt-dlp: Title [ID]
        rf"(?P<title>.*?)(?:watch[_?]?)?v[=_]{_ID}(?P<rest>(?:[&_ .].*)?)",  # from the URL
        rf"(?P<title>.*?)youtu\.?be[/_ ]{_ID}(?P<rest>(?:[&_ .].*)?)",
        rf"(?P<title>){_ID}(?P<rest>)",
        rf"(?P<title>.+)[-_. ]{_ID}(?P<rest>)",  # youtube-dl: Title-ID
        rf"(?P<title>){_ID}(?:\s+-\s+|\s+|_|-|\.)(?P<rest>\S.*)",
    )
]
# A word in lower case, upper case or capitalised, optionally followed by a number.
_WORD = re.compile(
    r"(?:[a-z]+|[A-Z]+|[A-Z][a-z]+|[a-z]{2,}(?:[A-Z][a-z]{2,})+|(?:[A-Z][a-z]{2,})+)?[0-9]*"
)
_NO_WORD = re.compile(r"j[^aeiouy]|q[^u]", re.I)  # letter pairs that do not occur in words

# ISO 639-1, and longer codes that YouTube and video players use.
_CODES = frozenset(
    "aa ab af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy "
    "da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht "
    "hu hy hz ia id ie ig ii ik io is it iu iw ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw "
    "ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv "
    "ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr "
    "ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi "
    "yo za zh zu eng deu ger fra fre spa jpn chi zho kor rus por ita hin ara und fil yue".split()
)
_LONG_CODES = {
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "jpn": "ja",
    "chi": "zh", "zho": "zh", "kor": "ko", "rus": "ru", "por": "pt", "ita": "it", "hin": "hi",
    "ara": "ar", "und": "",
}  # fmt: skip
_NAMES = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr",
    "spanish": "es", "español": "es", "japanese": "ja", "日本語": "ja", "chinese": "zh",
    "中文": "zh", "korean": "ko", "한국어": "ko", "russian": "ru", "русский": "ru",
    "portuguese": "pt", "português": "pt", "italian": "it", "italiano": "it", "hindi": "hi",
    "हिन्दी": "hi", "arabic": "ar", "العربية": "ar", "dutch": "nl", "turkish": "tr",
}  # fmt: skip
_CODE = re.compile(r"(?P<code>[A-Za-z]{2,3})(?:-[A-Za-z0-9_]{1,16}){0,6}")
_ABOUT_TRACK = frozenset(
    "a auto automatic forced sdh cc default orig transcript transcription captions caption "
    "subtitles subtitle subs sub chapters thumbnails metadata".split()
)
_SITES = re.compile(r"\s*\[(?:DownSub\.com|SubtitleTools\.com|SaveSubs\.com)\]", re.I)
_LANGUAGE_IN_BRACKETS = re.compile(
    r"^\s*\[(?P<before>[^\]]+)\]\s*|\s*[\[(](?P<after>[^\[(]+?)[\])]{1,2}\s*$"
)
# yt-dlp's replacements for characters that file names cannot contain.
_FILE_LETTERS = str.maketrans("：？｜＂＊＜＞⧸⧹", ':?|"*<>/\\')


class HasTitle(Protocol):
    """Something with a title."""

    @property
    def title(self) -> str:
        """The title."""
        ...


Titled = TypeVar("Titled", bound=HasTitle)


@dataclass(frozen=True, slots=True)
class Name:
    """The information in the name of a caption file.

    Attributes:
        video_id: The YouTube id, or "".
        title: In readable form; "" if the name is only an id.
        language: BCP 47, or "".
        format: One of FORMATS.
        stem: The name without language and format, equal for all files of a recording.
    """

    video_id: str
    title: str
    language: str
    format: str
    stem: str


def read_name(path: PurePath) -> Name | None:
    """Return the parts of a caption file's name, None if it is not one.

    Args:
        path: Relative to the folder given by the user; its folders may contain the video's id.

    >>> read_name(PurePath("But what is a NN？ [aircAruvnKk].en-orig.vtt"))
    Name(video_id='aircAruvnKk', title='But what is a NN?', language='en-orig', format='vtt', \
stem='But what is a NN？ [aircAruvnKk]')
    >>> read_name(PurePath("ac_encoding.vtt")).video_id
    ''
    """
    stem, dot, ending = path.name.rpartition(".")
    form = ending.lower()
    if not dot or not stem or form not in FORMATS or stem.startswith("."):
        return None
    if stem.lower().endswith((".info", ".live_chat", ".origin")):
        return None
    while (inner := stem.rpartition("."))[1] and inner[0] and inner[2].lower() in FORMATS:
        stem = inner[0]  # "talk.srt.txt", as some systems save it
    stem, language = _without_language(stem)
    stem = MEDIA.sub("", stem)
    video_id, title = _find_id(stem)
    if _is_language(stem):  # "aircAruvnKk/en.vtt"
        stem, language, title = "", language or _tag(stem), ""
    if stem.lower() in _ABOUT_TRACK:
        title = ""
    for folder in path.parts[-2::-1] if not video_id else ():
        video_id, above = _find_id(folder)
        if video_id:
            title = title or above
            break
    if not video_id and not title:
        title = path.parts[-2] if len(path.parts) > 1 else stem
    return Name(video_id, _readable(title), language, form, stem)


def is_word(text: str) -> bool:
    """Return whether eleven characters look like words and numbers rather than an id.

    >>> [is_word(one) for one in ("ac_encoding", "Lecture-010", "programming")]
    [True, True, True]
    >>> [is_word(one) for one in ("aircAruvnKk", "9-Jl0dxWQs8", "P127jhj-8-Y")]
    [False, False, False]
    """
    parts = [part for part in re.split("[-_]", text) if part]
    return all(_WORD.fullmatch(part) for part in parts) and not _NO_WORD.search(text)


def in_title_order(titled: Iterable[Titled]) -> list[Titled]:
    """Return videos or lectures in the order of their titles, "Week 2" before "Week 10"."""

    def parts(one: Titled) -> list[tuple[int, str]]:
        return [
            (int(part), "") if part.isdecimal() else (0, part)
            for part in re.split(r"(\d+)", one.title.lower())
        ]

    return sorted(titled, key=parts)


def _find_id(stem: str) -> tuple[str, str]:
    """Return the YouTube id in a name, "" if there is none, and the rest as the title."""
    for pattern in _WITH_ID:
        match = pattern.fullmatch(stem)
        if not match or is_word(match["id"]):
            continue
        title = "" if "v[=_]" in pattern.pattern else f"{match['title']} {match['rest']}"
        return match["id"], title.strip(" -_.")
    return "", stem


def _without_language(stem: str) -> tuple[str, str]:
    """Return a name without the language and kind of the track."""
    language = ""
    stem = _SITES.sub("", stem)
    if match := _LANGUAGE_IN_BRACKETS.search(stem):
        named = (match["before"] or match["after"]).lower().split("(")[0].strip(" -")
        if named in _NAMES and stem != match[0]:
            stem, language = _LANGUAGE_IN_BRACKETS.sub("", stem, count=1).strip(), _NAMES[named]
    while True:
        before, dot, last = stem.rpartition(".")
        if dot and before and not language and _is_language(last):
            stem, language = before, _tag(last)
        elif dot and before and last.lower() in _ABOUT_TRACK:
            stem = before
        elif dot and before and not language and last.lower() in _NAMES:
            stem, language = before, _NAMES[last.lower()]
        else:
            break
    if not language and len(stem) > 12 and VIDEO_ID.fullmatch(stem[:11]) and stem[11] in "-_ ":
        rest = stem[12:].strip("() ")
        if _is_language(rest) and not is_word(stem[:11]):
            return stem[:11], _tag(rest)
    return stem, language


def _is_language(text: str) -> bool:
    match = _CODE.fullmatch(text)
    return match is not None and match["code"].lower() in _CODES


def _tag(text: str) -> str:
    """Return a language tag in its usual form.

    >>> _tag("EN"), _tag("en-US"), _tag("eng")
    ('en', 'en-US', 'en')
    """
    code, dash, rest = text.partition("-")
    code = _LONG_CODES.get(code.lower(), code.lower())
    return f"{code}{dash}{rest}" if code else ""


def _readable(title: str) -> str:
    """Return a title with the spaces and punctuation that file names lack."""
    title = title.translate(_FILE_LETTERS)
    if " " not in title.strip():
        title = re.sub(r"[_.]+", " ", title)
    return " ".join(title.split()).strip(" -")
