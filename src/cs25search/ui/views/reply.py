"""The strings that the answer pane shows: Markdown with escaped data."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from ...records import Answer, Citation, Language, Sentence, in_language
from ...text.clean import clean
from ...text.highlight import marks
from ...text.japanese import is_japanese
from ...times import clock
from .markup import escape, mark
from .texts import say


def prose(sentences: Iterable[Sentence], urls: Mapping[int, str]) -> str:
    """Return sentences as one paragraph, each followed by its citation numbers.

    Args:
        urls: The link of each number; numbers without a link are shown too.

    >>> prose([Sentence("It is float32.", (1, 2))], {1: "https://youtu.be/U8J32Z3qV8s?t=582"})
    'It is float32&#46; [&#91;1&#93;](https://youtu.be/U8J32Z3qV8s?t=582)&#91;2&#93;'
    """
    parts = [
        f"{escape(sentence.text)} {''.join(_number(n, urls) for n in sentence.citations)}"
        for sentence in sentences
    ]
    return " ".join(parts)


def sides(sentences: Iterable[Sentence]) -> dict[str, list[Sentence]]:
    """Return the sentences of a comparison by side, without its name; empty for other answers.

    >>> said = [Sentence("BERT: It reads.", (1,), "BERT"), Sentence("GPT: It writes.", (2,), "GPT")]
    >>> [(side, one[0].text) for side, one in sides(said).items()]
    [('BERT', 'It reads.'), ('GPT', 'It writes.')]
    >>> sides([Sentence("It is float32.", (1,))])
    {}
    """
    found: dict[str, list[Sentence]] = {}
    for sentence in sentences:
        if sentence.side:
            text = re.sub(rf"^{re.escape(sentence.side)}(?:: |：)", "", sentence.text)
            found.setdefault(sentence.side, []).append(replace(sentence, text=text))
    return found


def chip(citation: Citation, language: Language) -> str:
    """Return the label of a citation's chip: number, time and place."""
    number = f"**&#91;{citation.n}&#93;**"
    if citation.kind in ("slide", "deck"):
        slide = citation.slide
        title = escape(citation.video.title)
        where = say(language, "slide_short", number=slide.number) if slide else title
        return f"{number} {where}"
    where = (
        say(language, "lecture", number=citation.lecture)
        if citation.lecture
        else escape(citation.video.title)
    )
    if citation.kind == "lecture":
        return f"{number} {citation.time} · {where}"
    kind = say(language, "note") if citation.kind == "note" else say(language, "said_short")
    return f"{number} {citation.time} · {where} · {kind}"


def time_range(citation: Citation) -> str:
    """Return the start and end of a citation."""
    return f"{clock(citation.start)}–{clock(citation.end)}"


def quoted(citation: Citation, question: str, language: Language) -> list[tuple[str, str]]:
    """Return the texts of a citation as (label, text), with the question's words marked.

    Only speech is put in quotation marks, not notes.
    """
    words = in_language(citation.quote, citation.quote_ja, language)
    text = _marked(question, words)
    if citation.kind != "transcript":
        return [(_label(citation, language), text)]
    spoken = f"「{text}」" if is_japanese(words) else f"“{text}”"
    shown = [(say(language, "said"), spoken)]
    if note := citation.note:
        told = in_language(note.text, note.text_ja, language)
        shown.append((_note_label(citation.model, language), _marked(question, told)))
    return shown


def _label(citation: Citation, language: Language) -> str:
    if citation.kind == "note":
        return _note_label(citation.model, language)
    keys = {"slide": "about_slide", "lecture": "about_lecture"}
    return say(language, keys.get(citation.kind, "about_deck"))


def _note_label(model: str, language: Language) -> str:
    return say(language, "note_by", model=escape(model)) if model else say(language, "note")


def _marked(question: str, text: str) -> str:
    shown = clean(text)
    return mark(shown, marks(question, shown))


def byline(answer: Answer, language: Language) -> str:
    """Return who wrote the sentences, what was left out, and why no language model wrote."""
    said = [
        say(language, "written_by", model=escape(answer.model))
        if answer.model
        else say(language, "extracts")
    ]
    if answer.remark and not answer.model:
        remark = in_language(answer.remark, answer.remark_ja, language)
        said.append(say(language, "stands_in", remark=escape(remark)))
    if answer.dropped:
        key = "dropped_one" if answer.dropped == 1 else "dropped"
        said.append(say(language, key, count=answer.dropped))
    return " ".join(said)


def no_claim(answer: Answer, language: Language, lectures: Iterable[int]) -> str:
    """Return why there is no answer.

    Args:
        lectures: The chosen lectures; others may have the answer.
    """
    if answer.status in ("partly", "small_talk"):
        return say(language, answer.status)
    return say(language, "not_in_chosen" if lectures else "not_in_lectures")


def _number(n: int, urls: Mapping[int, str]) -> str:
    number = f"&#91;{n}&#93;"
    return f"[{number}]({urls[n]})" if n in urls else number
