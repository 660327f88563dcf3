"""Hits and answers as JSON, answers as Markdown, and as lines for a terminal."""

import json
from typing import Any

from .records import Answer, Citation, Hit, Slide
from .text.clean import lines
from .text.markdown import escape_markdown
from .times import clock, watch_url
from .transcripts import made_by, speakers_of


def json_text(value: Any) -> str:
    r"""Return JSON on one line; what a terminal would obey is escaped, nothing is lost.

    >>> json_text({"é": "\x9b31m \u202e"})
    '{"é": "\\u009b31m \\u202e"}'
    """
    text = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    """Return a character as JSON escapes it; one that is half of a pair is no text at all."""
    return "?" if "\ud800" <= character <= "\udfff" else json.dumps(character)[1:-1]


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return an answer in the form people script against."""
    return {
        "question": answer.question,
        "status": answer.status,
        "answer": answer.text,
        "sentences": [
            {"text": sentence.text, "citations": list(sentence.citations)}
            for sentence in answer.sentences
        ],
        "citations": [
            {
                "n": citation.n,
                "video_id": citation.video_id,
                "lecture": citation.lecture,
                "start": citation.start,
                "end": citation.end,
                "time": citation.time,
                "quote": citation.quote,
                "url": citation.url or None,
                "slide": slide_json(citation.slide),
            }
            | _by(citation.model)
            for citation in answer.citations
        ],
        "model": answer.model or None,
        "generation": answer.generation,
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    """Return a hit in the form people script against."""
    return (
        {
            "rank": hit.rank,
            "score": round(hit.score, 4),
            "video_id": hit.video.video_id,
            "lecture": hit.video.lecture,
            "title": hit.video.title,
            "start": hit.start,
            "end": hit.end,
            "time": clock(hit.start),
            "quote": hit.quote,
            "kind": hit.chunk.kind,
            "url": watch_url(hit.video.video_id, hit.start) or None,
            "slide": slide_json(hit.slide),
        }
        | _by(hit.note.model if hit.note else "")
        | _spoken(hit)
    )


def _spoken(hit: Hit) -> dict[str, Any]:
    """Return what JSON says of quoted speech: who speaks, and what made the captions."""
    names, maker = speakers_of(hit.chunk.cues), made_by(hit.video)
    speakers = {"speakers": list(names)} if names else {}
    return speakers | ({"captions": maker} if maker and hit.chunk.kind == "transcript" else {})


def _by(model: str) -> dict[str, str]:
    """Return what JSON says of a note: the language model that wrote it, nothing of people's."""
    return {"note_model": model} if model else {}


def by_model(model: str) -> str:
    """Return what is said where a note is shown that a language model wrote; "" for people's.

    >>> by_model("llama3.1"), by_model("")
    ('note written by the language model llama3.1', '')
    """
    return f"note written by the language model {model}" if model else ""


def slide_json(slide: Slide | None) -> dict[str, Any] | None:
    """Return a slide as JSON, None for none."""
    if slide is None:
        return None
    return {
        "number": slide.number,
        "title": slide.title,
        "summary": slide.summary,
        "url": slide.url,
    }


def answer_markdown(answer: Answer) -> str:
    """Return an answer as Markdown that keeps links and times, for Obsidian or Slack."""
    shown = [f"**{escape_markdown(answer.question)}**", ""]
    if answer.sentences:
        urls = {citation.n: citation.url for citation in answer.citations}
        shown.append(
            " ".join(
                f"{escape_markdown(sentence.text)} "
                + "".join(_linked(f"\\[{n}\\]", urls[n]) for n in sentence.citations)
                for sentence in answer.sentences
            )
        )
    else:
        shown.append(escape_markdown(answer.text))
    shown.append("")
    for citation in answer.citations:
        where = f"{escape_markdown(_title(citation))}, {citation.time}"
        mark = f" ({escape_markdown(by_model(citation.model))})" if citation.model else ""
        quote = escape_markdown(citation.quote)
        shown.append(f"{citation.n}. {_linked(where, citation.url)}: “{quote}”{mark}")
    return "\n".join(shown) + "\n"


def _linked(text: str, url: str) -> str:
    """Return a Markdown link, or the text alone where there is nothing to open."""
    return f"[{text}]({url})" if url else text


def answer_text(answer: Answer) -> str:
    """Return an answer as lines for a terminal."""
    shown = [answer.text, ""]
    for citation in answer.citations:
        shown.append(f"[{citation.n}] {_title(citation)}  {citation.time}")
        if citation.url:
            shown.append(f"    {citation.url}")
        shown.append(f"    “{citation.quote}”")
        if citation.model:
            shown.append(f"    ({by_model(citation.model)})")
        if slide := citation.slide:
            shown.append(f"    Slide {slide.number}: {slide.title}  {slide.url}".rstrip())
    return lines(shown)


def _title(citation: Citation) -> str:
    place = f"Lecture {citation.lecture}: " if citation.lecture else ""
    return f"{place}{citation.video.title}"
