"""Hits and answers as JSON, and answers as Markdown and as lines for a terminal."""

import json
from collections.abc import Callable
from typing import Any

from .records import Answer, Chunk, Citation, CitationKind, Hit, Language, Slide, lecture_label
from .text.clean import lines
from .text.japanese import is_japanese
from .text.markdown import escape_markdown
from .times import clock, watch_url
from .transcripts import made_by, speakers_of


def json_text(value: Any) -> str:
    r"""Return JSON on one line; terminal control characters are escaped, nothing is lost.

    >>> json_text({"é": "\x9b31m \u202e"})
    '{"é": "\\u009b31m \\u202e"}'
    """
    text = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    """Return the JSON escape of a character; a lone surrogate is replaced."""
    return "?" if "\ud800" <= character <= "\udfff" else json.dumps(character)[1:-1]


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return an answer in the stable JSON form for scripts."""
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
                "kind": citation.kind,
                "quote": citation.quote,
                "url": citation.url or None,
                "slide": slide_json(citation.slide),
            }
            | ({"quote_ja": citation.quote_ja} if citation.quote_ja else {})
            | ({"note": note_json(citation.note)} if citation.note else {})
            | _by(citation.model)
            for citation in answer.citations
        ],
        "model": answer.model or None,
        "generation": answer.generation,
    } | _more(answer)


def _more(answer: Answer) -> dict[str, Any]:
    """Return the JSON fields that only some answers have."""
    more: dict[str, Any] = {"examples": list(answer.examples)} if answer.examples else {}
    return more | ({"understood": answer.understood} if answer.understood else {})


def hit_json(hit: Hit) -> dict[str, Any]:
    """Return a hit in the stable JSON form for scripts."""
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
            "title_ja": hit.video.title_ja,
            "note": note_json(hit.note) if hit.note else None,
        }
        | _by(hit.note.model if hit.note else "")
        | _spoken(hit)
    )


def note_json(note: Chunk) -> dict[str, str]:
    """Return a study note as JSON in both languages."""
    return {
        "title": note.title,
        "text": note.text,
        "title_ja": note.title_ja,
        "text_ja": note.text_ja,
    }


def _spoken(hit: Hit) -> dict[str, Any]:
    """Return the JSON fields of quoted speech: speakers and origin of the captions."""
    names, maker = speakers_of(hit.chunk.cues), made_by(hit.video)
    speakers = {"speakers": list(names or hit.video.speakers)}
    return speakers | ({"captions": maker} if maker and hit.chunk.kind == "transcript" else {})


def _by(model: str) -> dict[str, str]:
    """Return the JSON field with the language model that wrote a note; empty if a person did."""
    return {"note_model": model} if model else {}


def by_model(model: str) -> str:
    """Return the label of a note by a language model; "" if a person wrote it.

    >>> by_model("llama3.1"), by_model("")
    ('note written by the language model llama3.1', '')
    """
    return f"note written by the language model {model}" if model else ""


def slide_json(slide: Slide | None) -> dict[str, Any] | None:
    """Return a slide as JSON, or None."""
    if slide is None:
        return None
    return {
        "number": slide.number,
        "title": slide.title,
        "summary": slide.summary,
        "url": slide.url,
    }


def answer_markdown(answer: Answer) -> str:
    """Return an answer as Markdown with links and times, for Obsidian or Slack."""
    language: Language = "ja" if is_japanese(answer.question) else "en"
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
        where = escape_markdown(", ".join(_place(citation, language)))
        shown.append(f"{citation.n}. {_linked(where, citation.url)}")
        shown += [f"   {one}" for one in _quoted(citation, language, escape_markdown, "> ")]
    return "\n".join(shown) + "\n"


def _linked(text: str, url: str) -> str:
    """Return a Markdown link, or only the text if there is no URL."""
    return f"[{text}]({url})" if url else text


def answer_text(answer: Answer) -> str:
    """Return an answer as lines for a terminal."""
    language: Language = "ja" if is_japanese(answer.question) else "en"
    name = "解釈：" if language == "ja" else "Understood as: "
    shown = [f"{name}{answer.understood}", ""] if answer.understood else []
    # Only the two sides of a comparison are on lines of their own.
    compared = any(sentence.side for sentence in answer.sentences)
    said = answer.text.splitlines() if compared else [answer.text]
    shown += [*said, *(f"  - {one}" for one in answer.examples), ""]
    for citation in answer.citations:
        shown.append(f"[{citation.n}] {'  '.join(_place(citation, language))}")
        if citation.url:
            shown.append(f"    {citation.url}")
        shown += [f"    {one}" for one in _quoted(citation, language, str, "")]
        if (slide := citation.slide) and citation.kind in ("note", "transcript"):
            title = slide.title_ja if language == "ja" and slide.title_ja else slide.title
            name = "スライド" if language == "ja" else "Slide "
            shown.append(f"    {name}{slide.number}: {title}  {slide.url}".rstrip())
    return lines(shown)


# The label of each kind of citation in English and Japanese; only speech is put in quotation marks.
LABELS: dict[CitationKind, tuple[str, str]] = {
    "note": ("Study note", "学習メモ"),
    "transcript": ("Said in the lecture", "講義での発言"),
    "slide": ("Slide summary", "スライドの要約"),
    "lecture": ("About the lecture", "講義の概要"),
    "deck": ("About the course", "コースについて"),
}


def label(kind: CitationKind, language: Language) -> str:
    """Return the label of a citation.

    >>> label("note", "en"), label("note", "ja")
    ('Study note', '学習メモ')
    """
    return LABELS[kind][language == "ja"]


def quote_of(text: str) -> str:
    """Return spoken words in quotation marks; only speech may be quoted like this.

    >>> quote_of("So we cast it."), quote_of("変換します。")
    ('“So we cast it.”', '「変換します。」')
    """
    return f"「{text}」" if is_japanese(text) else f"“{text}”"


def _quoted(
    citation: Citation, language: Language, escape: Callable[[str], str], block: str
) -> list[str]:
    """Return the lines under a citation: speech in quotation marks, a note with its label.

    Args:
        block: The prefix of a block quote; for speech only.
    """
    shown = []
    if citation.kind == "transcript":
        shown.append(f"{block}{escape(quote_of(citation.quote))}")
    elif citation.quote:
        text = citation.quote_ja if language == "ja" and citation.quote_ja else citation.quote
        shown.append(f"{label(citation.kind, language)}: {escape(text)}")
    if note := citation.note:
        text = note.text_ja if language == "ja" and note.text_ja else note.text
        shown.append(f"{label('note', language)}: {escape(text)}")
    if citation.model:
        shown.append(f"({escape(by_model(citation.model))})")
    return shown


def _place(citation: Citation, language: Language) -> list[str]:
    """Return the place of a citation: lecture and time, or the slide."""
    if citation.kind in ("slide", "deck"):
        slide = citation.slide
        if slide is None:
            return [citation.video.title]
        if language == "ja":
            return [f"スライド{slide.number}: {slide.title_ja or slide.title}"]
        return [f"Slide {slide.number}: {slide.title}"]
    video = citation.video
    title = video.title_ja if language == "ja" and video.title_ja else video.title
    if citation.lecture:
        label = lecture_label(citation.lecture, language)
        title = f"{label}：{title}" if language == "ja" else f"{label}: {title}"
    return [title, citation.time]
