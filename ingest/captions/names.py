"""Read video id, language and title from the name of a caption file.

yt-dlp, youtube-dl, YouTube Studio, Whisper and meeting programs all name their files differently.
What a name does not contain stays empty.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import Protocol, TypeVar

import msgspec

from .ids import VIDEO_ID, Verdict, is_word

# Formats that time each word come first, general text formats last.
FORMATS = "json3 vtt srt srv3 srv2 srv1 ttml dfxp itt sbv ass ssa smi json lrc tsv xml txt".split()
# Files that are common beside captions and are not captions.
COMPANIONS = frozenset(
    "mp4 mkv webm mov avi m4v mp3 m4a wav ogg opus flac aac wma jpg jpeg png webp gif part ytdl "
    "description url zip html htm md toml log db pptx ini lnk nfo py".split()
)
MEDIA = re.compile(r"\.(?:mp4|mkv|webm|mov|avi|m4v|mp3|m4a|wav|ogg|opus|flac|aac|wma)$", re.I)

_ID = r"(?P<id>[A-Za-z0-9_-]{10}[AEIMQUYcgkosw048])"
_ONLY_ID = re.compile(rf"\[{_ID}\]")
_WITH_ID = [
    re.compile(pattern)
    for pattern in (
        rf"(?P<title>.*?)[\s_.-]*[\[(（【]{_ID}[\])）】](?P<rest>.*)",  # yt-dlp: Title [ID]
        rf"(?P<title>.*?)(?:watch[_?]?)?v[=_]{_ID}(?P<rest>(?:[&_ .].*)?)",  # from the URL
        rf"(?P<title>.*?)youtu\.?be[/_ ]{_ID}(?P<rest>(?:[&_ .].*)?)",
        rf"(?P<title>){_ID}(?P<rest>)",
        rf"(?P<title>.+)[-_. ]{_ID}(?P<rest>)",  # youtube-dl: Title-ID
        rf"(?P<title>){_ID}(?:\s+-\s+|\s+|_|-|\.)(?P<rest>\S.*)",
        # Between words, an id must look random: "talk_MIT6_006L04_part_2" has none.
        rf"(?P<title>.+?)[-_. ]+(?=.{{0,10}}[a-z])(?=.{{0,10}}[A-Z]){_ID}[-_. ]+(?P<rest>\S.*)",
    )
]
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
# Codes, and the names of the language in English and in itself.
_NAMES = """
af afrikaans; sq albanian shqip; am amharic አማርኛ; ar arabic العربية; hy armenian հայերեն;
az azerbaijani azərbaycan; eu basque euskara; be belarusian беларуская;
bn bengali bangla বাংলা; bs bosnian bosanski; bg bulgarian български; my burmese မြန်မာ;
yue cantonese 粵語; ca catalan català; zh chinese 中文; hr croatian hrvatski; cs czech čeština;
da danish dansk; nl dutch nederlands; en english; eo esperanto; et estonian eesti;
fil filipino tagalog; fi finnish suomi; fr french français; gl galician galego;
ka georgian ქართული; de german deutsch; el greek ελληνικά; gu gujarati ગુજરાતી; ha hausa;
he hebrew עברית; hi hindi हिन्दी; hu hungarian magyar; is icelandic íslenska; id indonesian;
ga irish gaeilge; it italian italiano; ja japanese 日本語; kn kannada ಕನ್ನಡ; kk kazakh қазақ;
km khmer ខ្មែរ; ko korean 한국어; ku kurdish kurdî; ky kyrgyz кыргызча; lo lao ລາວ;
lv latvian latviešu; lt lithuanian lietuvių; mk macedonian македонски; ms malay melayu;
ml malayalam മലയാളം; mr marathi मराठी; mn mongolian монгол; ne nepali नेपाली;
no norwegian norsk; ps pashto پښتو; fa persian farsi فارسی; pl polish polski;
pt portuguese português; pa punjabi ਪੰਜਾਬੀ; ro romanian română; ru russian русский;
sr serbian српски; si sinhala සිංහල; sk slovak slovenčina; sl slovenian slovenščina;
so somali; es spanish español; sw swahili kiswahili; sv swedish svenska; ta tamil தமிழ்;
te telugu తెలుగు; th thai ไทย; bo tibetan; tr turkish türkçe; uk ukrainian українська;
ur urdu اردو; uz uzbek oʻzbek; vi vietnamese; cy welsh cymraeg; yo yoruba; zu zulu
"""
LANGUAGES = {
    name: code for code, *names in (one.split() for one in _NAMES.split(";")) for name in names
}
# A region in small letters only where it is common: "pt-br" is a language, "to-do" a title.
_CODE = re.compile(
    r"(?P<code>[A-Za-z]{2,3})"
    r"(?:-(?i:Hans|Hant|Latn|Cyrl|Arab|Deva|Beng|Guru|Mtei|Olck|Tfng|Hebr))?"
    r"(?:-(?:[A-Z]{2}|[0-9]{3})|(?<=pt)-br|(?<=zh)-(?:cn|tw|hk|sg)|(?<=en)-(?:us|gb|uk|au|ca|in)"
    r"|(?<=es)-(?:es|mx|la)|(?<=fr)-(?:fr|ca)|(?<=de)-de|(?<=it)-it|(?<=ja)-jp|(?<=ko)-kr)?"
    r"(?:-(?:orig|auto|forced|sdh|cc))?(?:-(?P<own>[A-Za-z0-9_-]{11}))?"
)
_PLAIN = r"[a-z]{2,3}(?:-(?:[A-Z][a-z]{3}|[A-Z]{2}|[0-9]{3})(?![A-Za-z0-9_]))*+"
_OWN_NAME = r"-[A-Za-z0-9_-]{11}"  # by which YouTube tells tracks of one language apart
_NAMED = re.compile(rf"(?P<plain>{_PLAIN}){_OWN_NAME}")
# yt-dlp: the language of a machine translation, then that of the captions it was made from.
_TRANSLATED = re.compile(rf"(?P<plain>{_PLAIN})-(?P<source>{_PLAIN})(?:{_OWN_NAME})?")
# Sources are limited to common languages, because "pt-br" and "zh-tw" name regions.
_SOURCES = frozenset("en ja zh ko es fr de it pt ru uk pl nl tr ar hi id vi".split())
_REGIONS = frozenset("es-ar ca-es eu-es gl-es oc-fr br-fr co-fr fy-nl tt-ru jv-id su-id".split())
_ABOUT_TRACK = frozenset(
    "a auto automatic forced sdh cc default orig transcript transcription captions caption "
    "subtitles subtitle subs sub chapters thumbnails metadata".split()
)
_NO_TITLE = _ABOUT_TRACK | {"youtube", "yt", "video"}
_FORM_OF_YTDLP = re.compile("f[0-9]{2,3}(?:-[0-9a-z]{1,8})?")  # "ID.f137.mp4"
_LANGUAGE_AFTER_ID = re.compile(rf"(?P<before>(?:.*[-_. ])?{_ID})[-_ ]\(?(?P<code>[A-Za-z-]+)\)?")
COPY = re.compile(r"(?<=\S)(?: - Copy)?(?: ?\([0-9]{1,2}\)| - Copy)$", re.I)  # by browsers
# "Talk English (auto-generated)" of YouTube downloaders, "Talk_en_US" of Panopto and others.
_LANGUAGE_AT_END = re.compile(
    r"^(?P<title>.*[^\s-])(?: - | +)(?P<name>[^\W\d_]+) \(auto-generated\)$"
    r"|^(?P<before>.*[^\W_])[_-](?P<code>[a-z]{2})_(?P<region>[A-Z]{2})$"
)
# yt-dlp's index in a playlist if there is no playlist, and its date of upload.
_BEFORE_TITLE = re.compile(
    r"^(?:NA ?- ?(?=\S))?"
    r"(?:(?:19|20)[0-9]{2}(?P<dash>-?)(?:0[1-9]|1[0-2])(?P=dash)(?:0[1-9]|[12][0-9]|3[01])"
    r"[ _-]+(?=\S))?"
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


class Name(msgspec.Struct, frozen=True):
    """The information in the name of a caption file.

    Attributes:
        video_id: The YouTube id, or "".
        title: In readable form; "" if the name is only an id.
        language: BCP 47, or "", without the track's own name.
        format: One of FORMATS.
        stem: The name without language and format, equal for all files of a recording.
        remark: Why it is uncertain whether it contains an id, or "".
        code: The language as YouTube and yt-dlp write it: "en-nP7-2PuUl7o", "ja-en".
    """

    video_id: str
    title: str
    language: str
    format: str
    stem: str
    remark: str = ""
    code: str = ""

    @property
    def is_translated(self) -> bool:
        """Whether the code says that a machine translated the captions."""
        return _translated(self.code) is not None

    @property
    def has_own_name(self) -> bool:
        """Whether the track has a name besides its language, as a second one of a language has."""
        return _NAMED.fullmatch(self.code) is not None


def read_name(
    path: PurePath, verdicts: Mapping[str, Verdict] = MappingProxyType({})
) -> Name | None:
    """Return the parts of a caption file's name, None if it is not one.

    Args:
        path: Relative to the folder given by the user; its folders may contain the video's id.
        verdicts: From `judge_all`, on names that may be ids.

    >>> read_name(PurePath("But what is a NN？ [aircAruvnKk].en-orig.vtt"))
    Name(video_id='aircAruvnKk', title='But what is a NN?', language='en-orig', format='vtt', \
stem='But what is a NN？ [aircAruvnKk]', remark='', code='en-orig')
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
    stem, code = _without_language(stem)
    stem = MEDIA.sub("", stem)
    video_id, title = _find_id(stem, verdicts)
    if _is_language(stem) and not (video_id and stem.startswith("NA-")):  # "aircAruvnKk/en.vtt"
        stem, code, title = "", code or _tag(stem), ""
    elif stem.lower() in LANGUAGES:
        stem, code, title = "", code or LANGUAGES[stem.lower()], ""
    if stem.lower() in _ABOUT_TRACK:
        title = ""
    for folder in path.parts[-2::-1] if not video_id else ():
        video_id, above = _find_id(folder, verdicts)
        if video_id:
            title = title or above
            break
    if not video_id and not title:
        title = path.parts[-2] if len(path.parts) > 1 else stem
    if video_id:
        title = _BEFORE_TITLE.sub("", title)
        if title.strip(" -_.").lower() in _NO_TITLE:
            title = ""
    doubtful = verdicts.get(COPY.sub("", stem)) or verdicts.get(video_id)
    remark = doubtful.remark if doubtful else ""
    return Name(video_id, _readable(title), _language_of(code), form, stem, remark, code)


def in_title_order(titled: Iterable[Titled]) -> list[Titled]:
    """Return videos or lectures in the order of their titles, "Week 2" before "Week 10"."""

    def parts(one: Titled) -> list[tuple[int, str]]:
        return [
            (int(part), "") if part.isdecimal() else (0, part)
            for part in re.split(r"(\d+)", one.title.lower())
        ]

    return sorted(titled, key=parts)


def _find_id(stem: str, verdicts: Mapping[str, Verdict]) -> tuple[str, str]:
    """Return the YouTube id in a name, "" if there is none, and the rest as the title."""
    if match := _ONLY_ID.fullmatch(stem):  # as the remark about a doubtful name asks for
        return match["id"], ""
    if (name := COPY.sub("", stem)) in verdicts:
        return (name, "") if verdicts[name].is_id else ("", stem)
    for pattern in _WITH_ID:
        match = pattern.fullmatch(name)
        if not match or is_word(match["id"]):
            continue
        blank = " " if " " in name else "_"
        title = "" if "v[=_]" in pattern.pattern else f"{match['title']}{blank}{match['rest']}"
        return match["id"], title.strip(" -_.")
    return "", stem


def _without_language(stem: str) -> tuple[str, str]:
    """Return a name without the language and kind of the track."""
    language = ""
    stem = _SITES.sub("", stem)
    copy = match[0] if (match := COPY.search(stem)) else ""
    stem = stem.removesuffix(copy)
    if match := _LANGUAGE_IN_BRACKETS.search(stem):
        named = (match["before"] or match["after"]).lower().split("(")[0].strip(" -")
        if named in LANGUAGES and stem != match[0]:
            stem, language = _LANGUAGE_IN_BRACKETS.sub("", stem, count=1).strip(), LANGUAGES[named]
    if (match := _LANGUAGE_AT_END.search(stem)) and not language:
        if (match["name"] or "").lower() in LANGUAGES:
            stem, language = match["title"], LANGUAGES[match["name"].lower()]
        elif match["code"] in _CODES:
            stem, language = match["before"], f"{match['code']}-{match['region']}"
    while True:
        before, dot, last = stem.rpartition(".")
        if dot and before and not language and _is_language(last):
            stem, language = before, _tag(last)
        elif (
            dot
            and before
            and (
                last.lower() in _ABOUT_TRACK
                or (_FORM_OF_YTDLP.fullmatch(last) and VIDEO_ID.search(before))
            )
        ):
            stem = before
        elif dot and before and not language and last.lower() in LANGUAGES:
            stem, language = before, LANGUAGES[last.lower()]
        else:
            break
    match = _LANGUAGE_AFTER_ID.fullmatch(stem)
    if match and not language and _is_language(match["code"]) and not is_word(match["id"]):
        return match["before"], _tag(match["code"])
    return stem + copy, language


def _is_language(text: str) -> bool:
    """Return whether a text is the code of a language, as YouTube and people write them.

    >>> [_is_language(one) for one in ("en-US", "zh-Hans-en-US", "en-nP7-2PuUl7o", "pt-br")]
    [True, True, True, True]
    >>> [_is_language(one) for one in ("my-talk", "to-do", "pi-was-628", "so-complicated")]
    [False, False, False, False]
    """
    match = _CODE.fullmatch(text)
    if match is None:
        twice = text.split("-")  # yt-dlp writes "en-en" as well as "ja-en"
        return _translated(text) is not None or (twice[0] in _CODES and twice[1:] == twice[:1])
    is_title = match["own"] and is_word(match["own"])
    return match["code"].lower() in _CODES and not is_title


def _translated(code: str) -> re.Match[str] | None:
    """Return the languages of a machine translation, None for any other track.

    >>> [bool(_translated(one)) for one in ("ja-en", "zh-Hans-en-US", "pt-br", "en-en", "en-orig")]
    [True, True, False, False, False]
    """
    match = _TRANSLATED.fullmatch(code)
    if not match or code in _REGIONS or match["plain"].partition("-")[0] not in _CODES:
        return None
    source = match["source"].partition("-")[0]
    return match if source in _SOURCES and source != match["plain"].partition("-")[0] else None


def _language_of(code: str) -> str:
    """Return the language of a track without its own name or the source of a translation.

    >>> _language_of("en-nP7-2PuUl7o"), _language_of("ja-en"), _language_of("en-orig")
    ('en', 'ja', 'en-orig')
    """
    match = _NAMED.fullmatch(code) or _translated(code)
    return match["plain"] if match else code


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
