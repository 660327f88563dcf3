"""Recognise speakers: "Name:" or "[Name]" before the words becomes the caption's speaker.

A colon in ordinary speech does not. The whole file decides, because names recur.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise

from msgspec.structs import replace

from cs25search.encoding.dictionary import is_english

from .sounds import is_sound
from .track import Shown, Timed

MOST_NAME_WORDS = 5
OFTEN = 0.3  # share of captions that begin with a name in a meeting transcript
SOMETIMES = 0.05  # the same, if full names are given only when the speaker changes
# The same, if there are first names only. Speakers take turns, unlike "Example: ... Example: ...".
SELDOM, TIMES_EACH, TIMES_IN_ALL, IN_TURN = 0.02, 4, 10, 0.6

_PARTICLE = frozenset("de da di del van von der den la le el al bin ibn y e".split())
_NAME_WORD = re.compile(r"\(?[^\W\d_][\w.'’-]*\)?,?|[0-9]{1,3}|\([^()]*\)?|[^()]*\)")
_ROLE = re.compile(
    r"(?:SPEAKER|PROFESSOR|PROF|LECTURER|INSTRUCTOR|TEACHER|STUDENT|AUDIENCE|HOST|MODERATOR|"
    r"INTERVIEWER|GUEST|NARRATOR|PRESENTER|MAN|WOMAN)(?: MEMBER)?(?:[ _][0-9]{1,3})?|"
    r"(?:Prof(?:essor)?|Dr|Mr|Mrs|Ms)\.? \S.*|"
    r"(?:Speaker|Participant|Sprecher|Locuteur|話者|说话人)[ _]?[0-9]{1,3}",
)
# Words that precede a colon in ordinary speech.
_COMMON = frozenset(
    "question answer note example remember warning theorem definition lemma proof claim remark "
    "exercise problem solution step part chapter section so and but well now okay ok right first "
    "second third finally intuition summary agenda outline goal idea input output pros cons "
    "white black true false yes no "
    "frage antwort beispiel réponse exemple pregunta respuesta ejemplo pergunta resposta exemplo "
    "domanda risposta esempio вопрос ответ пример "
    "注意 注 例 例えば 問 問題 質問 答 答え 回答 定義 问题 例子 定义 答案".split()
)
_BESIDE_NAME = re.compile(r"\s*\([^()]*\)$")  # "Ana Ruiz (she/her)", "Bo (Guest)"
_ABBREVIATED = re.compile(r"\b[^\W\d_a-z]\w{0,4}\. ")  # "J. ", "Prof. "
_IN_ONE_WORD = re.compile(r"([^\x00-\x7f：]{1,20})[：:](.+)")  # without a space after the colon


def is_name(text: str) -> bool:
    """Return whether a text is written like the name of a person or a role.

    >>> [is_name(one) for one in ("Jane Doe", "Speaker 2", "Ludwig van Beethoven", "山田太郎")]
    [True, True, True, True]
    >>> [is_name(one) for one in ("so we get", "Well, that is it. Right", "12", "")]
    [False, False, False, False]
    """
    words = text.split()
    if not 1 <= len(words) <= MOST_NAME_WORDS or len(text) > 60 or not text[0].isalpha():
        return False
    if any(sign in text for sign in "?!。？！=<>{}") or ". " in _ABBREVIATED.sub("", text):
        return False
    return all(
        _NAME_WORD.fullmatch(word)
        and (not word[0].isalpha() or not word[0].islower() or word in _PARTICLE)
        for word in words
    )


def take_speakers(shown: Sequence[Shown], *, is_teams: bool = False) -> list[Shown]:
    """Return captions with the names before their words moved to `speaker`.

    A caption with two speakers becomes two captions.

    Args:
        is_teams: Whether the times are written as in Teams, so that names need not recur.
    """
    if _have_names_above(shown, is_teams):
        return [
            replace(one, lines=one.lines[1:], speaker=plain_name(_text(one.lines[0])))
            for one in shown
        ]
    labels = [
        name
        for one in shown
        if not one.speaker
        for name in dict.fromkeys(found[0] for found in map(_leading_name, one.lines) if found)
    ]
    written_small = {
        word.strip(".,!?;") for one in shown for line in one.lines for _, word in line
        if word[0].islower()
    }  # fmt: skip
    names = _speakers(labels, len(shown), written_small)
    if not names:
        return list(shown)
    return [part for one in shown for part in _split(one, names)]


def _have_names_above(shown: Sequence[Shown], is_teams: bool) -> bool:
    """Return whether each caption has a name on its first line, as older Teams transcripts do."""
    if len(shown) < 2 or any(len(one.lines) < 2 or one.speaker for one in shown):
        return False
    names = {plain_name(_text(one.lines[0])) for one in shown}
    return (is_teams or len(names) * 2 <= len(shown)) and all(map(is_name, names))


def _text(line: Sequence[Timed]) -> str:
    return " ".join(word for _, word in line)


def plain_name(text: str) -> str:
    """Return a name without what meeting programs write beside it.

    >>> plain_name("[Bo Li (Guest)]"), plain_name("Ana Ruiz (she/her)")
    ('Bo Li', 'Ana Ruiz')
    """
    return _BESIDE_NAME.sub("", text.strip("[]: ：")).strip("[]() :：")


def _speakers(
    labels: Sequence[str], captions: int, written_small: AbstractSet[str]
) -> frozenset[str]:
    """Return the texts before a colon that are speakers.

    Args:
        labels: These texts in the order of the captions.
        written_small: The words of the file in small letters. Most first names are English words
            as well; one that recurs and is never written small, as "input" is, is a name.
    """
    said = Counter(labels)
    names = {name for name in said if name.lower() not in _COMMON}
    roles = {name for name in names if _ROLE.fullmatch(name)}
    # "Step 1" comes once, "S1" again and again.
    names = {name for name in names if said[name] > 1 or not name[-1].isdigit()} | roles
    people = {name for name in names if said[name] > 1 or len(names) > 1} - roles
    recur = any(said[name] > 1 or " " in name for name in people)
    proper = {
        name for name in people
        if not _is_ordinary(name)
        or (said[name] >= TIMES_EACH and name.lower() not in written_small)
    }  # fmt: skip
    # "Frage: ...", then "Antwort: ..."; "Input: ..." and "Output: ..."
    if not roles and (not recur or not proper):
        people = set()
    share = sum(said[name] for name in people | roles) / max(1, captions)
    if share >= OFTEN and sum(said[name] for name in people | roles) > 1:
        return frozenset(people | roles)
    full = {name for name in people if said[name] > 1 and " " in name}
    if len(full) < 2 or share < SOMETIMES:
        full = set()
    often = {name for name in proper & people if said[name] >= TIMES_EACH}
    if not _take_turns([one for one in labels if one in often], captions):
        often = set()
    return frozenset(full | often | roles)


def _take_turns(labels: Sequence[str], captions: int) -> bool:
    """Return whether names at the beginning of some captions are those of people in turn."""
    if len(set(labels)) < 2 or len(labels) < max(TIMES_IN_ALL, SELDOM * captions):
        return False
    changes = sum(one != following for one, following in pairwise(labels))
    return changes >= IN_TURN * (len(labels) - 1)


def _split(one: Shown, names: frozenset[str]) -> Iterator[Shown]:
    """Yield the parts of a caption, cut where a line begins with another name."""
    speaker = one.speaker
    lines: list[list[Timed]] = []
    for line in one.lines:
        found = _leading_name(line)
        if found and found[0] in names and not one.speaker:
            if lines:
                yield replace(one, lines=lines, speaker=speaker)
            speaker, line, lines = found[0], found[1], []
        if line:
            lines.append(line)
    if lines:
        yield replace(one, lines=lines, speaker=speaker)


def _leading_name(line: Sequence[Timed]) -> tuple[str, list[Timed]] | None:
    """Return the name at the beginning of a line, and the words after it.

    It is followed by a colon or is in brackets.
    """
    time, first = line[0]
    if match := _IN_ONE_WORD.fullmatch(first):
        return (match[1], [(time, match[2]), *line[1:]]) if is_name(match[1]) else None
    in_brackets = first.startswith(("[", "("))
    for count, (_, word) in enumerate(line[: MOST_NAME_WORDS + 1], 1):
        before_colon = word.endswith((":", "：")) and len(word) > 1 - (count > 1)
        if before_colon or (in_brackets and word.endswith(("]", ")"))):
            name = _text(line[:count]).strip("-–: ：")
            name = name.strip("[]()") if in_brackets else _BESIDE_NAME.sub("", name)
            return (name, list(line[count:])) if is_name(name) and not is_sound(name) else None
    return None


def _is_ordinary(name: str) -> bool:
    """Return whether a name is an English word and not a role."""
    is_one_word = name.isascii() and name.isalpha()
    return is_one_word and not _ROLE.fullmatch(name.upper()) and is_english(name.lower())
