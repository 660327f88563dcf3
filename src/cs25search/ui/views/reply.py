"""The strings that the answer pane shows: HTML with escaped data."""

import re
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from ...records import Answer, Citation, Language, Sentence, in_language, lecture_label
from ...text.clean import clean
from ...wording import cited_once, label, quote_of, recording_title, reply_text
from . import html
from .html import Links, escape_html
from .moment import note_label
from .texts import say


def prose(sentences: Iterable[Sentence], citations: Iterable[Citation], links: Links) -> str:
    """Return sentences as one paragraph, with the numbers of their citations.

    A heading is bold. A number plays the moment; one without a citation is shown too.
    """
    known = {citation.n: citation for citation in citations}
    parts = []
    for sentence, cited in cited_once(sentences):
        numbers = "".join(_number(n, known.get(n), links) for n in cited)
        heading = sentence.heading and f"<strong>{escape_html(sentence.heading)}</strong> "
        said = f"{heading}{escape_html(sentence.body)} {numbers}".rstrip()
        parts.append(said if said.endswith("。") else f"{said} ")
    return f"<p>{''.join(parts).rstrip()}</p>"


def answer_html(answer: Answer, links: Links) -> str:
    """Return the sentences of an answer; the sides of a comparison in columns."""
    compared = sides(answer.sentences)
    if not compared:
        parts = outline(answer)
        said = [one for one in answer.sentences if one not in parts]
        return prose(said, answer.citations, links) + _outline(parts, links)
    columns = "".join(
        f"<div><h3>{escape_html(side)}</h3>{prose(said, answer.citations, links)}</div>"
        for side, said in compared.items()
    )
    return f"<div class=cs-sides>{columns}</div>"


def outline(answer: Answer) -> dict[Sentence, Citation]:
    """Return the sentences that name the parts of a lecture, each with its citation.

    >>> from cs25search.records import Video
    >>> part = Citation(2, Video("v", "T", (), 9.0, 5), 65, 65, "GLOM", None, kind="lecture")
    >>> said = (Sentence("It is short.", (2,)), Sentence("1:05 GLOM.", (2,)))
    >>> [one.text for one in outline(Answer("?", "answered", "", said, (part,), 1.0))]
    ['1:05 GLOM.']
    """
    known = {citation.n: citation for citation in answer.citations}
    found = {}
    for sentence in answer.sentences:
        cited = known.get(sentence.citations[0]) if len(sentence.citations) == 1 else None
        if cited and cited.kind == "lecture" and sentence.text.startswith(f"{cited.time} "):
            found[sentence] = cited
    return found


def is_whole(answer: Answer) -> bool:
    """Return whether an answer needs no moments below it: an outline, a list, about the course.

    >>> from cs25search.records import Video
    >>> part = Citation(1, Video("v", "T", (), 9.0, 5), 65, 65, "GLOM", None, kind="lecture")
    >>> said = (Sentence("It is short.", (1,)),)
    >>> is_whole(Answer("?", "answered", "", said, (part,), 1.0))
    True
    >>> is_whole(Answer("?", "answered", "", said, (replace(part, kind="note"),), 1.0))
    False
    """
    kinds = {citation.kind for citation in answer.citations}
    return answer.status == "answered" and kinds <= {"lecture", "slide", "deck"}


def _outline(parts: Mapping[Sentence, Citation], links: Links) -> str:
    """Return a list of the parts of a lecture; a click on one plays it."""
    shown = []
    for one in parts.values():
        title = html.escape_html(in_language(one.quote, one.quote_ja, links.language))
        shown.append(f"<li>{links.play(one.video, one.start, f'{one.time} {title}')}</li>")
    return f"<ol class=cs-parts>{''.join(shown)}</ol>" if shown else ""


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
    """Return the label of a citation: time and place. Not escaped.

    >>> from cs25search.records import Video
    >>> chip(Citation(1, Video("v", "T", (), 9.0, 5), 582, 624, "", None), "ja")
    '9:42 · 第5回 · 学習メモ'
    """
    if citation.kind in ("slide", "deck"):
        slide = citation.slide
        return say(language, "slide_short", number=slide.number) if slide else citation.video.title
    where = lecture_label(citation.lecture, language) or recording_title(citation.video, language)
    if citation.kind == "lecture":
        return f"{citation.time} · {where}"
    kind = label("note", language) if citation.kind == "note" else say(language, "said_short")
    return f"{citation.time} · {where} · {kind}"


def sources(citations: Iterable[Citation], links: Links) -> str:
    """Return the list of citations, each with the link that plays or opens it."""
    shown = [
        f"<li>{_number(one.n, one, links, chip(one, links.language))}</li>" for one in citations
    ]
    return f"<ul class=cs-sources>{''.join(shown)}</ul>"


def tip(citation: Citation, language: Language) -> str:
    """Return what is cited, to show at a number. Not escaped.

    Only speech is put in quotation marks, not notes.
    """
    words = clean(in_language(citation.quote, citation.quote_ja, language))
    if citation.kind == "transcript":
        words = quote_of(words)
    title = clean(recording_title(citation.video, language))
    is_note = citation.kind == "note"
    name = note_label(citation.model, language) if is_note else label(citation.kind, language)
    return f"{chip(citation, language)} · {title}\n{name}: {words}"


def byline(answer: Answer, language: Language) -> str:
    """Return who wrote the sentences, what was left out, and why no language model wrote."""
    speech = all(citation.kind == "transcript" for citation in answer.citations)
    extracts = "extracts_of_captions" if speech else "extracts"
    source = say(language, "explanation" if answer.is_explanation else extracts)
    model = answer.model
    said = [say(language, "written_by", model=escape_html(model)) if model else source]
    if answer.remark and not answer.model:
        remark = in_language(answer.remark, answer.remark_ja, language)
        said.append(say(language, "stands_in", remark=escape_html(remark)))
    if answer.dropped:
        key = "dropped_one" if answer.dropped == 1 else "dropped"
        said.append(say(language, key, count=answer.dropped))
    return " ".join(said)


def no_claim(answer: Answer, language: Language, lectures: Iterable[int]) -> str:
    """Return why there is no answer.

    Args:
        lectures: The chosen lectures; others may have the answer.
    """
    if answer.status == "not_in_lectures" and lectures:
        return say(language, "not_in_chosen")
    if answer.unsaid:
        return in_language(answer.unsaid, answer.unsaid_ja, language)
    has_more = bool(answer.citations or answer.examples)
    return reply_text(answer.status, has_more, language, answer.missing)


def _number(n: int, citation: Citation | None, links: Links, name: str = "") -> str:
    """Return the link of a number, which says what is cited at the pointer and the focus."""
    shown = f"[{n}]" + (f" {escape_html(name)}" if name else "")
    if citation is None:
        return shown
    said = tip(citation, links.language)
    if citation.link:
        return html.away_link(citation.link, shown, said)
    if citation.kind in ("slide", "deck"):
        return shown
    return links.play(citation.video, citation.start, shown, said)
