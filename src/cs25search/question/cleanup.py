"""Remove the talk around a question.

People greet, give thanks, and say what they missed and where they are looking for it. In a search,
such words match the wrong moments or none, so that a question could be refused although the
lectures answer it. The question itself is left as written.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import msgspec

from ..text.japanese import is_japanese, japanese_words
from ..text.sentences import NO_END
from .lecture_nouns import LECTURE_JA

# Begins a question for what the lectures say beyond the answer to the rest of it.
FURTHER = {"en": "More: ", "ja": "続き："}
# Begins a question for where in the lectures the answer to the rest of it is given.
PLACE = {"en": "Where in the lectures: ", "ja": "どの講義の何分："}
ENOUGH = 2  # content words that a question needs to be understood on its own
_QUOTES = r"[\"”」』)）]*"
_EMOJI = r"\s*[\u2600-\u27bf\U0001f300-\U0001faff]+\ufe0f?\s*"
# Unlike written text, chat starts sentences in lower case and ends them with an emoji.
_END = rf"\.+{NO_END}(?:\s+|$)|{_EMOJI}|$"
# Not at a colon: the question after it is about what comes before it.
_SENTENCES = re.compile(rf".*?(?:[。！？!?…\n]+{_QUOTES}\s*|{_END})", re.S)
_PARTS = re.compile(rf".*?(?:[。！？!?、，,;:：…\n]+{_QUOTES}\s*|\s[-–—~〜]+\s|{_END})", re.S)
_WORD = re.compile(r"[a-z0-9]+(?:['’][a-z]+)?", re.I)
_GREETING = re.compile(
    r"^(?:(?:hey|hi|hello|hiya|ok|okay|dear)(?: [\w']+){0,3}[,!]"
    r"|(?:ヘイ|ねえ|OK|オッケー|オーケー)[^、，。\s]{1,8}[、，])\s*",
    re.I,
)
_THANKS = re.compile(
    r"[\s,]+(?:thanks|thank you|thx|ty|cheers|please|pls|plz)"
    r"(?: (?:so|very) much| a lot| in advance)?[\s.!:)]*$",
    re.I,
)
_ASKS = re.compile(rf"[?？]{_QUOTES}$|か[。」』]*$")
# Patterns without re.compile are compiled when first used, because most questions do not need them.
# 「…のですが、」「…なんだけど、」「あの、」 before the question; not 「…策が、」.
_PREFACE_JA = (
    r"(?:[^、，。？?]{1,40}(?:です|ます|ました|ません|ない|だ|た|ん|の)"
    r"(?:が|けど|けれど|けれども)[さねー]*[、，]\s*"
    r"|[ぁ-んー〜]{1,5}[、，]\s*)+"
)
_INTERROGATIVES = frozenset(
    "what what's whats why how how's hows which who who's whos whose when where".split()
)
_AUXILIARIES = frozenset(
    "is are was were does do did can could should would will has have had".split()
)
_BEGINS = _INTERROGATIVES | _AUXILIARIES
# "I may be slow, but why ...", "exam tomorrow and I panic, why ..."; not "In GPT-3, why ...".
_PREFACE = (
    r"(?is)(?:(?:maybe|perhaps|probably|sorry|please|just|so|k|this|following)\b"
    r"|(?!(?:if|when|in|with|given|since|because|as)\b)[^?]*?\b(?:i|i['’]\w+|im|ive|my|me)\b)"
    r".*?(?:[,:]\s+(?:but\s+)?|\bbut\s+)"
    rf"(?=(?:{'|'.join(sorted(_BEGINS))})\b)"
)
# What names something: numbers, capitals within a sentence; in Japanese, Latin and katakana words.
_NAMES = r"\d|(?<=\w )(?!I\b)[A-Z]|\b\w+[A-Z]"
_NAMES_JA = r"[A-Za-z0-9]|[ァ-ヺー]{3,}"
_ASKER = r"(?i)\b(?:i|i['’]\w+|im|ive|my|me|we|our|us|you|your)\b"
_WHICH_JA = rf"^(?:どの{LECTURE_JA}|誰|だれ)[がはでをに]"
_MARKS = " \n、。，．,.？?！!"
_POINTS = frozenset("it its it's this that these those they them their he she his her".split())
_POINTS_JA = rf"[そこあ](?:の(?!{LECTURE_JA})|れ|こ)|彼"


def without_talk(question: str) -> str:
    """Return a question without greetings, thanks, and talk about the lecture.

    >>> without_talk("Hi all, can someone tell me why the router needs float32? Thanks!")
    'why the router needs float32?'
    >>> without_talk("すみません、ルーターにfloat32が必要なのはなぜですか？教えてください。")
    'ルーターにfloat32が必要なのはなぜですか？'
    >>> without_talk("What is this lecture about?")
    'What is this lecture about?'
    """
    parts = [part for part in _PARTS.findall(_GREETING.sub("", question)) if part.strip()]
    kept = "".join(part for part in parts if not _is_talk(part))
    text = _THANKS.sub("", kept).strip(" 、，,;:：\n") or question
    return text if is_japanese(text) else text[_talk_before(text) :]


def main_question(question: str) -> str:
    """Return the question without the statements around it.

    Text around a question must not change whether it is answered. A question that needs the rest to
    be understood ("How does it work?") is returned with it.

    >>> main_question("I read the paper on it. Why does the router need float32?")
    'Why does the router need float32?'
    >>> main_question("There is a model called Switch. How does it work?")
    'There is a model called Switch. How does it work?'
    >>> main_question("的外れかもしれませんが、ルーターにfloat32が必要なのはなぜですか")
    'ルーターにfloat32が必要なのはなぜですか'
    """
    return _kept(question, lambda remark: False)


def whole_question(question: str) -> str:
    """Return the question with the statements around it that name something.

    "Attention is costly. Is there a linear one?" is searched with both sentences. Statements about
    the asker are left out, as by `main_question`.

    >>> whole_question("How is the target chosen? For example, Hopper uses 3600.")
    'How is the target chosen? For example, Hopper uses 3600.'
    >>> whole_question("I read the paper by LeCun. Why does the router need float32?")
    'Why does the router need float32?'
    >>> whole_question("Isn't this just behaviour cloning? What is different?")
    "Isn't this just behaviour cloning? What is different?"
    >>> whole_question("アテンションは長い系列がきつい。線形にする手法はある？")
    'アテンションは長い系列がきつい。線形にする手法はある？'
    """
    return _kept(question, _belongs)


def _kept(question: str, belongs: Callable[[str], bool]) -> str:
    """Return the question proper, with the remarks around it that belong to it."""
    sentences = [sentence for sentence in _SENTENCES.findall(question) if sentence.strip()]
    asking = [is_question(one.strip()) and not _needs_more(one) for one in sentences]
    if not any(asking):
        return question
    kept = "".join(
        one for one, asks in zip(sentences, asking, strict=True) if asks or belongs(one)
    ).strip()
    preface = re.match(_PREFACE_JA if is_japanese(kept) else _PREFACE, kept)
    if preface and not belongs(preface[0]):
        kept = kept[preface.end() :]
    return question if _needs_more(kept) else kept


def _belongs(remark: str) -> bool:
    """Return whether a remark names or asks something and is not about the asker."""
    if is_japanese(remark):
        return is_question(remark.strip()) or re.search(_NAMES_JA, remark) is not None
    names = re.search(_NAMES, remark) is not None or is_question(remark.strip())
    return names and re.search(_ASKER, remark) is None


def without_further(question: str) -> tuple[str, int]:
    """Return a question without requests for more, and how many there were.

    >>> without_further("More: What is GLOM?"), without_further("続き：続き：GLOMとは？")
    (('What is GLOM?', 1), ('GLOMとは？', 2))
    >>> without_further("What is GLOM?")
    ('What is GLOM?', 0)
    """
    times = 0
    rest, is_further = _without_beginning(question, FURTHER.values())
    while is_further:
        question, times = rest, times + 1
        rest, is_further = _without_beginning(question, FURTHER.values())
    return question, times


def without_place_asked(question: str) -> tuple[str, bool]:
    """Return a question without a request for the place of its answer, and whether there was one.

    >>> without_place_asked("Where in the lectures: What is GLOM?")
    ('What is GLOM?', True)
    """
    return _without_beginning(question, PLACE.values())


def _without_beginning(question: str, beginnings: Iterable[str]) -> tuple[str, bool]:
    """Return what follows one of some beginnings, and whether the question has one."""
    for begin in beginnings:
        rest = question.removeprefix(begin)
        if rest.strip() and rest != question:
            return rest, True
    return question, False


# "What about video?" asks the same of video.
_OF_OTHER = re.compile(r"\W*(?:and |but |so )?(?:what|how) about\b", re.I)


def asks_place(question: str) -> bool:
    """Return whether a question asks where the last answer was given, and nothing else.

    >>> [asks_place(text) for text in ("which lecture is that?", "where do they say that?")]
    [True, True]
    >>> [asks_place(text) for text in ("それはどの講義の何分ごろ？", "どの講義？", "何分ごろ？")]
    [True, True, True]
    >>> [asks_place(text) for text in ("where is it used?", "what about video?", "which is GLOM?")]
    [False, False, False]
    """
    if _OF_OTHER.match(question):
        return False
    suffix = "_ja" if is_japanese(question) else ""
    said = {*(japanese_words(question) if suffix else map(_fold, _WORD.findall(question)))}
    groups = [_talk(f"place_{part}{suffix}") for part in ("asks", "names", "beside")]
    return frozenset().union(*groups) >= said and not any(map(said.isdisjoint, groups[:2]))


def topic_of(question: str) -> str:
    """Return a question or goal without the words that ask for a lecture.

    >>> topic_of("Which lecture should I watch for offline RL?"), topic_of("tables, like on Kaggle")
    ('offline RL', 'tables, like on Kaggle')
    >>> topic_of("GLOMの講師は誰ですか？"), topic_of("おすすめの講義は？")
    ('GLOM', 'おすすめの講義は？')
    """
    if is_japanese(question):
        topic = re.sub(_WHICH_JA, "", question.strip(_MARKS))
        while end := next((end for end in _endings() if topic.endswith(end)), ""):
            topic = topic.removesuffix(end).rstrip(_MARKS)
        return topic or question
    own = [found for found in _WORD.finditer(question) if _fold(found[0]) not in _talk("lecture")]
    if not own:
        return question
    return question[own[0].start() : own[-1].end()]


def _is_talk(part: str) -> bool:
    if is_japanese(part):
        return _talk("ja").issuperset(japanese_words(part))
    said = [_fold(word) for word in _WORD.findall(part)]
    # "or is it just an idea" continues the question.
    return said[:1] not in (["and"], ["or"]) and _talk("en").issuperset(said)


def _talk_before(text: str) -> int:
    """Return where the question itself begins: at the "why" of "can you tell me why it is deep"."""
    begin, requested, before = 0, False, ""
    for match in _WORD.finditer(text):
        word = _fold(match[0])
        if (requested and word in _INTERROGATIVES) or (
            before in _talk("requests") and word in _AUXILIARIES
        ):
            begin = match.start()
        if word not in _talk("en"):
            break
        requested = requested or word in _talk("requests")
        before = word
    return begin


def is_question(sentence: str) -> bool:
    """Return whether a sentence begins or ends as a question does."""
    first = _WORD.match(sentence)
    return _ASKS.search(sentence) is not None or (first is not None and _fold(first[0]) in _BEGINS)


def _needs_more(question: str) -> bool:
    """Return whether a question says too little or refers to something outside it."""
    if is_japanese(question):
        own = [word for word in japanese_words(question) if word not in _talk("ja")]
        return len(own) < ENOUGH or re.match(_POINTS_JA, question) is not None
    own = []
    for word in map(_fold, _WORD.findall(question)):
        if word in _POINTS:
            return True
        if word not in _talk("en"):
            own.append(word)
        if len(own) == ENOUGH:
            return False
    return True


def _fold(word: str) -> str:
    return word.lower().replace("’", "'")


@cache
def _talk(part: str) -> frozenset[str]:
    words = frozenset(" ".join(_read()[part]).split())
    return words | _talk("en") if part == "ja" else words  # Japanese talk also uses English words


@cache
def _endings() -> tuple[str, ...]:
    """Return Japanese question endings that ask for a lecture, longest first."""
    return tuple(sorted(_talk("lecture_ja"), key=len, reverse=True))


_TALK = Path(__file__).with_name("talk.json")


@cache
def _read() -> dict[str, list[str]]:
    return msgspec.json.decode(_TALK.read_bytes(), type=dict[str, list[str]])
