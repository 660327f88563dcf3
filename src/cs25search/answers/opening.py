"""Begin an answer with the name, date, number or lecture that the question asks for."""

import re

from ..question.intent import PERCENT
from ..question.read import Question
from ..records import Hit
from ..text.topic_words import topic_words
from ..text.words import stem
from ..wording import english_list, named_lecture

# Compiled when first used, because few questions ask for these.
_YEAR = r"(?<!\d)(?:1[89]|20)\d\d(?!\d)"
_NUMBER = (
    r"(?:(?:about|around|roughly|nearly|almost|over|some|up to|more than) )?\d[\d,.]*\d?"
    r"(?:[ -]?(?:percent|%|thousand|million|billion|trillion))?|[0-9０-９]+[億万兆%％]?"
    r"|\b(?:[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|[Tt]en|[Tt]welve)\b"
    r"(?:[ -](?:hundred|thousand|million|billion|trillion)\b)?"
)
_PERCENT = r"\d ?(?:%|％|percent|パーセント)"
_MONEY = (
    r"[$€£¥] ?\d|\d(?: (?:thousand|million|billion))? (?:dollars|euros|USD)\b"
    r"|[\d万億](?:ドル|円)"
)
_NUMBER_JA = r"[0-9０-９一二三四五六七八九十百千万億数] ?"
_BETWEEN = frozenset("each every per of in and or to at for from out by".split())
# After a space, a hyphenated word is one: "164 hand-written problems".
_WORD = r"(?:-[A-Za-z]+| [A-Za-z]+(?:-[A-Za-z]+)*)"
_COUNTED = rf"{_WORD}{{1,2}}"
# Two or more words in capitals, of which the last may carry a possessive: a person, mostly.
_PERSON = r"\b[A-Z][\w'’.-]+(?: [A-Z][\w’.-]+)+(?:,? and [A-Z][\w’.-]+(?: [A-Z][\w.-]+)+)?"


def has_wanted(text: str, question: Question) -> bool:
    """Return whether a sentence has the year, the amount or the name that a question asks for.

    >>> from cs25search.question.read import read_question
    >>> question = read_question("How many parameters does Codex have?")
    >>> has_wanted("It has 12 billion parameters.", question), has_wanted("160 GB.", question)
    (True, False)
    >>> has_wanted("It has 175 billion.", read_question("Why is it large?"))
    False
    >>> question = read_question("Codexは何パーセント解けましたか")
    >>> has_wanted("GPT-3は0問です。", question), has_wanted("およそ28%です。", question)
    (False, True)
    >>> question = read_question("開発者は何人ですか？")
    >>> has_wanted("12層ある。", question), has_wanted("著者は3人である。", question)
    (False, True)
    >>> question = read_question("Who invented the Perceiver?")
    >>> has_wanted("Perceiver IO decodes.", question), has_wanted("By Drew Jaegle.", question)
    (False, True)
    >>> question = read_question("How much did it cost to train?")
    >>> has_wanted("It took 160 GB.", question), has_wanted("About $5 million.", question)
    (False, True)
    """
    intent = question.intent
    if intent.counted == PERCENT:
        return re.search(_PERCENT, text) is not None
    if intent.wanted == "money":
        return re.search(_MONEY, text) is not None
    if intent.counted and question.language == "en":
        return bool(_amount(text, intent.counted))
    if intent.counted:
        return re.search(_NUMBER_JA + re.escape(intent.counted), text) is not None
    if intent.wanted == "year":
        return re.search(_YEAR, text) is not None
    if intent.wanted == "amount":
        return re.search(_NUMBER, re.sub(r"\w+-\d+", "", text)) is not None
    if intent.wanted == "person":
        # "Perceiver IO" does not say who invented the Perceiver.
        asked = set(topic_words(question.text))
        return any(not asked & set(topic_words(name)) for name in re.findall(_PERSON, text))
    return False


def opening_of(question: Question, hit: Hit, text: str) -> str:
    """Return a short opening sentence for an answer, or "".

    Args:
        hit: The moment of the first sentence.
        text: The first sentence.
    """
    intent, japanese = question.intent, question.language == "ja"
    if intent.lecture:
        named = named_lecture(hit.video, question.language, not japanese, ": ")
        return f"{named}{'。' if japanese else '.'}"
    if intent.speaker and hit.video.speakers:
        speakers = hit.video.speakers
        return f"{'と'.join(speakers)}。" if japanese else f"{english_list(speakers)}."
    if japanese:
        return ""
    if intent.wanted == "year" and (year := re.search(_YEAR, text)):
        return f"{year[0]}."
    return _amount(text, intent.counted) if intent.counted not in ("", PERCENT) else ""


def _amount(text: str, counted: str) -> str:
    """Return the number just before the counted noun, with one word between at most.

    >>> _amount("GPT-3 has 175 billion parameters, against 1.5 billion.", "parameters")
    '175 billion parameters.'
    >>> _amount("At 1.5 each expert is full.", "experts")
    ''
    >>> _amount("A 12-billion-parameter model", "parameters"), _amount("64-unit layer", "layers")
    ('12 billion parameters.', '')
    >>> _amount("The set has 164 hand-written problems.", "problems")
    '164 hand-written problems.'
    >>> _amount("A set of three billion images", "images")
    'Three billion images.'
    """
    for number in re.finditer(_NUMBER, text):
        if number.start() and text[number.start() - 1] in "-_":
            continue  # the 3 in GPT-3 is not a count
        after = re.match(_COUNTED, text[number.end() :])
        nouns = [word[1:] for word in re.findall(_WORD, after[0])] if after else []
        if nouns and nouns[0].lower() in _BETWEEN:
            continue  # "1.5 each expert"
        for place, word in enumerate(nouns[:2]):
            if stem(word.lower()) == stem(counted.lower()):
                if text[number.end()] == "-":
                    return f"{number[0].replace('-', ' ')} {counted}." if place == 0 else ""
                phrase = " ".join([number[0], *nouns[: place + 1]])
                return f"{phrase[0].upper()}{phrase[1:]}."
    return ""
