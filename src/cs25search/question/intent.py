"""What kind of answer a question asks for: a lecture, a speaker, a year, an amount, a sum."""

import re
from typing import Literal

import msgspec

from .lecture_nouns import LECTURE, LECTURE_JA, LECTURES

Wanted = Literal["year", "amount", "person", "money"]

_WHO = re.compile(r"\b(?:who|whose|whom)\b|\bwhich (?:physicist|student|researcher|person|author|"
                  r"speaker|scientist)s?\b|誰|だれ", re.I)  # fmt: skip
_WHEN = re.compile(
    r"\b(?:when (?:was|were|did|has|is)|(?:what|which) year)\b"
    r"|いつ(?!.*(?:べき|ばいい|ばよい))|何年",
    re.I,
)
_COUNT = re.compile(
    r"\bhow (?:many|much|long|large|big|often|far)\b|\bwhat (?:number|share|percent(?:age)?)\b"
    r"|何(?:パーセント|[%％])|いくつ|何[個人層枚倍時分秒問回割]|どれ(?:くらい|ほど)|どのくらい",
    re.I,
)
# "The cost of attention" is not about money.
_MONEY = re.compile(
    r"\bhow much money\b|\bcosts? to (?:train|run|build|make|use)\b|\b(?:price|salary|salaries)\b"
    r"|\bhow much (?:did|does|would|will|do) (?:[\w.-]+ ){0,3}(?:training|it) cost\b"
    r"|\bhow many dollars\b|\bhow expensive (?:is|was) (?:it to|training)\b"
    r"|いくら(?!でも)|料金|値段|価格|給料|(?<!計算)費用",
    re.I,
)
# Counters that stand behind their number; 個, 回 and 枚 are often left out or replaced.
_COUNTER_JA = re.compile(
    r"何(人|台|歳|層|時間|秒|問|次元|[かヶカケ]国|言語|(?!パーセント)[ァ-ヺー]{2,})(?!も)"
)
PERCENT = "percent"  # what is counted, in both languages
_PERCENT = re.compile(r"\b(?:how many|what) percent(?:age)?\b|何(?:パーセント|[%％])|何割", re.I)
_COUNTED = re.compile(
    r"\bhow many (?:of (?:the|its|their|these|those) )?(?!of\b|are\b|is\b|do\b|does\b|did\b)"
    r"(?:[a-z]+ )??([a-z]+)\b",
    re.I,
)
_LECTURE = re.compile(
    r"\b(?:which|what|best|is there an?|are there|recommend an?|suggest an?) "
    rf"(?:{LECTURE}|{LECTURES})\b(?! games?)"
    rf"|\b(?:{LECTURE}|{LECTURES}) (?:should|would|can) i\b"
    rf"|どの{LECTURE_JA}|第何回|何回目"
    rf"|{LECTURE_JA}(?:[はがを]|って)(?:どれ|何|ある|あり|教え|おすすめ|お勧め|[?？]|$)"
    rf"|(?:おすすめの|お勧めの|オススメの|見るべき|役立つ|役に立つ|向けの){LECTURE_JA}",
    re.I,
)
_SPEAKS = re.compile(
    r"\bwho (?:is|was|are|were|gives?|gave|presents?|presented|speaks?|spoke|teaches|taught|holds|"
    rf"talks?|lectures?|explains?|explained)\b.*\b(?:{LECTURE}|speakers?|presents?|"
    r"speaks?|lectures?)\b|\bwho (?:presents?|presented|speaks?|spoke|lectures?)\b"
    r"|(?:誰|だれ).*(?:話し|講演|講義|授業|発表|担当)"
    r"|(?:話し|講演|講義|授業|発表|講師|話者|担当).*(?:誰|だれ)",
    re.I,
)


class Intent(msgspec.Struct, frozen=True):
    """What kind of answer a question asks for.

    Attributes:
        lecture: Whether it asks which lecture to watch, or where something is said.
        speaker: Whether it asks who gives a lecture.
        wanted: What a sentence of the answer should have; None for nothing in particular.
        counted: What is counted: "parameters" of "how many parameters", "人" of "何人"; empty if
            nothing is.
    """

    lecture: bool
    speaker: bool
    wanted: Wanted | None
    counted: str

    @property
    def of_lectures(self) -> bool:
        """Whether it asks for a lecture, or who gives one."""
        return self.lecture or self.speaker


def read_intent(question: str) -> Intent:
    """Return what kind of answer a question asks for.

    >>> read_intent("Which lecture explains ViT?")
    Intent(lecture=True, speaker=False, wanted=None, counted='')
    >>> read_intent("How many parameters has GPT-3?")
    Intent(lecture=False, speaker=False, wanted='amount', counted='parameters')
    >>> read_intent("GLOMの講師は誰ですか？").speaker
    True
    >>> [read_intent(text).wanted for text in ("How much did training cost?", "How much memory?")]
    ['money', 'amount']
    >>> [read_intent(f"How many {of}?").counted for of in ("of them exist", "of the heads copy")]
    ['', 'heads']
    """
    counted = _COUNTED.search(question) or _COUNTER_JA.search(question)
    return Intent(
        lecture=_LECTURE.search(question) is not None,
        speaker=_SPEAKS.search(question) is not None,
        wanted=_wanted(question),
        counted=PERCENT if _PERCENT.search(question) else counted[1] if counted else "",
    )


def _wanted(question: str) -> Wanted | None:
    if _MONEY.search(question):
        return "money"
    if _WHEN.search(question):
        return "year"
    if _COUNT.search(question):
        return "amount"
    return "person" if _WHO.search(question) else None
