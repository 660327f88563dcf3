"""An answer as the strings that its pane shows. All are Markdown with data escaped."""

from collections.abc import Iterable, Mapping

from ...records import Answer, Citation, Language, Sentence
from ...text.clean import clean
from ...text.highlight import marks
from ...text.japanese import is_japanese
from ...times import clock
from .markup import escape, mark
from .texts import say


def prose(sentences: Iterable[Sentence], urls: Mapping[int, str]) -> str:
    """Return sentences as one paragraph, each followed by its numbers.

    Args:
        urls: Where each number leads; one without is shown all the same.

    >>> prose([Sentence("It is float32.", (1, 2))], {1: "https://youtu.be/U8J32Z3qV8s?t=582"})
    'It is float32&#46; [&#91;1&#93;](https://youtu.be/U8J32Z3qV8s?t=582)&#91;2&#93;'
    """
    parts = [
        f"{escape(sentence.text)} {''.join(_number(n, urls) for n in sentence.citations)}"
        for sentence in sentences
    ]
    return " ".join(parts)


def chip(citation: Citation, language: Language) -> str:
    """Return what stands on the chip of a citation: its number, when, and where."""
    where = (
        say(language, "lecture", number=citation.lecture)
        if citation.lecture
        else escape(citation.video.title)
    )
    return f"**&#91;{citation.n}&#93;** {citation.time} · {where}"


def time_range(citation: Citation) -> str:
    """Return from when to when it is said."""
    return f"{clock(citation.start)}–{clock(citation.end)}"


def quoted(citation: Citation, question: str, language: Language) -> str:
    """Return the quoted words, those of the question marked."""
    words = citation.quote_ja if language == "ja" and citation.quote_ja else citation.quote
    shown = clean(words)
    quote = mark(shown, marks(question, shown))
    return f"「{quote}」" if is_japanese(words) else f"“{quote}”"


def byline(answer: Answer, language: Language) -> str:
    """Return who wrote the sentences, what was left out, and why no model wrote, if one should."""
    said = [
        say(language, "written_by", model=escape(answer.model))
        if answer.model
        else say(language, "extracts")
    ]
    if answer.remark and not answer.model:
        remark = answer.remark_ja if language == "ja" and answer.remark_ja else answer.remark
        said.append(say(language, "stands_in", remark=escape(remark)))
    if answer.dropped:
        key = "dropped_one" if answer.dropped == 1 else "dropped"
        said.append(say(language, key, count=answer.dropped))
    return " ".join(said)


def no_claim(answer: Answer, language: Language, lectures: Iterable[int]) -> str:
    """Return why nothing is claimed.

    Args:
        lectures: Those that were chosen; others may still answer.
    """
    if answer.status == "partly":
        return say(language, "partly")
    return say(language, "not_in_chosen" if lectures else "not_in_lectures")


def _number(n: int, urls: Mapping[int, str]) -> str:
    number = f"&#91;{n}&#93;"
    return f"[{number}]({urls[n]})" if n in urls else number
