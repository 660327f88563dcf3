"""Hits, answers and guides as JSON and as lines for a terminal, answers also as Markdown."""

import json
from collections.abc import Callable, Sequence
from textwrap import shorten
from typing import Any

from .records import (
    Answer,
    Chunk,
    Citation,
    Entry,
    Fit,
    Guide,
    Hit,
    Language,
    Pick,
    Sentence,
    Slide,
    Video,
    in_language,
)
from .terminal import Line
from .text.japanese import is_japanese, language_of
from .text.markdown import escape_markdown
from .times import clock
from .transcripts import made_by, speakers_of
from .wording import (
    CLOSEST_MOMENTS,
    WRITTEN_BEFOREHAND,
    cited_once,
    file_at,
    label,
    lecture_title,
    quote_of,
    slide_title,
)

AS_TYPED = ("--exact searches for it as typed", "--exactで入力どおりに検索します")
FIRST_LETTERS = 80  # of speech, for a moment without a note


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
                "start": round(citation.start, 3),
                "end": round(citation.end, 3),
                "time": citation.time,
                "kind": citation.kind,
                "quote": citation.quote,
                "url": citation.url or None,
                "slide": slide_json(citation.slide),
                "title": citation.video.title,
                "title_ja": citation.video.title_ja,
            }
            | file_json(citation.video)
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
    if _is_written_beforehand(answer) or answer.unsaid:
        more["written_beforehand"] = True
    names = ("understood", "corrected")
    return more | {name: value for name in names if (value := getattr(answer, name))}


def _is_written_beforehand(answer: Answer) -> bool:
    """Return whether an answer is an explanation, and no language model wrote it anew."""
    return answer.is_explanation and not answer.model


def showing(corrected: str) -> str:
    """Return the line that says which question was searched for after a correction.

    >>> showing("Switch Transformer"), showing("Transformerの図")
    ('Showing results for: Switch Transformer', '次の質問の結果を表示しています：Transformerの図')
    """
    name = "次の質問の結果を表示しています：" if is_japanese(corrected) else "Showing results for: "
    return f"{name}{corrected}"


def showing_typed(corrected: str) -> str:
    """Return `showing` with how to search for the words as typed."""
    return f"{showing(corrected)}  ({in_language(*AS_TYPED, language_of(corrected))})"


def hit_json(hit: Hit) -> dict[str, Any]:
    """Return a hit in the stable JSON form for scripts."""
    return (
        {
            "rank": hit.rank,
            "score": round(hit.score, 4),
            "video_id": hit.video.video_id,
            "lecture": hit.video.lecture,
            "title": hit.video.title,
            "start": round(hit.start, 3),
            "end": round(hit.end, 3),
            "time": clock(hit.start),
            "quote": hit.quote,
            "kind": hit.chunk.kind,
            "url": hit.video.url(hit.start) or None,
            "slide": slide_json(hit.slide),
            "title_ja": hit.video.title_ja,
            "note": note_json(hit.note) if hit.note else None,
        }
        | file_json(hit.video)
        | ({"course": hit.course} if hit.course else {})
        | _by(hit.note.model if hit.note else "")
        | _spoken(hit)
    )


def file_json(video: Video) -> dict[str, str]:
    """Return the JSON field with the local file of a recording; empty if it is on the web."""
    return {"file": video.file} if video.file else {}


def found_json(query: str, corrected: str, hits: Sequence[Hit], generation: str) -> dict[str, Any]:
    """Return what a search found as JSON.

    Args:
        query: As typed.
        corrected: What was searched for if words of it were misspelt; else empty.
        generation: The index that was searched.
    """
    more = {"corrected": corrected} if corrected else {}
    found = [hit_json(hit) for hit in hits]
    return {"query": query, **more, "hits": found, "generation": generation}


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
        "title_ja": slide.title_ja,
        "summary_ja": slide.summary_ja,
    }


def answer_markdown(answer: Answer, language: Language | None = None) -> str:
    """Return an answer as Markdown with links and times, for Obsidian or Slack.

    Args:
        language: Of titles, notes and slides; that of the question when None.
    """
    language = language or language_of(answer.question)
    shown = [f"**{escape_markdown(answer.question)}**", ""]
    if answer.corrected:
        shown += [escape_markdown(showing(answer.corrected)), ""]
    if answer.sentences:
        shown += _paragraphs(answer)
    else:
        shown += [escape_markdown(answer.text), ""]
    if answer.examples:
        shown += [*(f"- {escape_markdown(one)}" for one in answer.examples), ""]
    if answer.unsaid and answer.citations:
        shown += [in_language(*CLOSEST_MOMENTS, language), ""]
    if _is_written_beforehand(answer):
        shown += [f"*{in_language(*WRITTEN_BEFOREHAND, language)}*", ""]
    for citation in answer.citations:
        where = escape_markdown(", ".join(_place(citation, language)))
        shown.append(f"{citation.n}. {_linked(where, _link(citation))}")
        shown += [f"   {one}" for one in _quoted(citation, language, escape_markdown, "> ")]
        if citation.slide and citation.kind in ("note", "transcript"):
            title = escape_markdown(slide_title(citation.slide, language))
            shown.append(f"   {_linked(title, citation.slide.url)}")
    return "\n".join(shown) + "\n"


def _paragraphs(answer: Answer) -> list[str]:
    """Return the sentences as Markdown, each side of a comparison as a paragraph."""
    urls = {citation.n: _link(citation) for citation in answer.citations}
    sides: dict[str, list[str]] = {}
    for one, numbers in cited_once(answer.sentences):
        cited = "".join(_linked(f"\\[{n}\\]", urls[n]) for n in numbers)
        sides.setdefault(one.side, []).append(f"{_sentence(one)} {cited}".rstrip())
    return [line for said in sides.values() for line in (" ".join(said), "")]


def _sentence(sentence: Sentence) -> str:
    """Return a sentence as Markdown, its heading in bold."""
    body = escape_markdown(sentence.body)
    return f"**{escape_markdown(sentence.heading)}** {body}" if sentence.heading else body


def _link(citation: Citation) -> str:
    return citation.url or citation.video.link(citation.start)


def _linked(text: str, url: str) -> str:
    """Return a Markdown link, or only the text if there is no URL."""
    return f"[{text}]({url})" if url else text


def answer_lines(answer: Answer, language: Language | None = None) -> list[Line]:
    """Return an answer as lines for a terminal.

    Args:
        language: Of titles, notes and slides; that of the question when None.
    """
    language = language or language_of(answer.question)
    name = "解釈：" if language == "ja" else "Understood as: "
    shown = [Line(f"{name}{answer.understood}"), Line("")] if answer.understood else []
    if answer.corrected:
        shown += [Line(showing_typed(answer.corrected)), Line("")]
    # Only the two sides of a comparison are on lines of their own.
    compared = any(sentence.side for sentence in answer.sentences)
    said = answer.text.splitlines() if compared else [answer.text]
    shown += [Line(one, style="title") for one in said]
    shown += [Line(f"- {one}", 2) for one in answer.examples]
    if answer.unsaid and answer.citations:
        shown.append(Line(in_language(*CLOSEST_MOMENTS, language)))
    if _is_written_beforehand(answer):
        shown.append(Line(in_language(*WRITTEN_BEFOREHAND, language), style="faint"))
    shown.append(Line(""))
    for citation in answer.citations:
        shown.append(Line(f"[{citation.n}] {'  '.join(_place(citation, language))}"))
        if citation.link:
            shown.append(Line("", 4, citation.link))
        else:
            shown += recording_lines(citation.video, citation.start, language, 4)
        shown += [Line(one, 4, marked=True) for one in _quoted(citation, language, str, "")]
        if citation.slide and citation.kind in ("note", "transcript"):
            shown.append(_slide_line(citation.slide, language, 4))
    return shown


def hit_lines(hit: Hit, language: Language = "en") -> list[Line]:
    """Return a hit as lines for a terminal, with titles, note and slide in a language."""
    place = lecture_title(hit.video, language)
    if hit.course:
        place = f"{hit.course} · {place}"
    shown = [Line(f"{hit.rank}. {place}  {clock(hit.start)}–{clock(hit.end)}", style="title")]
    shown += recording_lines(hit.video, hit.start, language, 3)
    if note := hit.note:
        japanese = language == "ja" and bool(note.text_ja)
        title, text = (note.title_ja, note.text_ja) if japanese else (note.title, note.text)
        by = f"  ({by_model(note.model)})" if note.model else ""
        shown.append(Line(f"{title}{by}", 3, marked=True))
        shown.append(Line(f"{label('note', language)}: {text}", 3, marked=True))
    if hit.chunk.kind == "transcript":
        names = speakers_of(hit.chunk.cues)
        said = ": ".join([*([", ".join(names)] if names else []), quote_of(hit.quote)])
        shown.append(Line(said, 3, marked=True))
        if made_by(hit.video):
            shown.append(Line(f"({made_by(hit.video)})", 3, style="faint"))
    if hit.slide:
        shown.append(_slide_line(hit.slide, language, 3))
    return shown


def recording_lines(video: Video, start: float, language: Language, indent: int) -> list[Line]:
    """Return the line with the link to a second of a recording, or with its local file."""
    if url := video.url(start):
        return [Line("", indent, url)]
    return [Line(file_at(video.file, start, language), indent)] if video.file else []


def slide_lines(slide: Slide, language: Language, full: bool) -> list[Line]:
    """Return a slide as lines for a terminal.

    Args:
        full: Also its summary, points and terms.
    """
    title = in_language(slide.title, slide.title_ja, language)
    shown = [Line(f"{slide.number:>2} {title}", style="title")]
    if slide.url:
        shown.append(Line("", 5, slide.url))
    if not full:
        return shown
    if summary := in_language(slide.summary, slide.summary_ja, language):
        shown.append(Line(summary, 5))
    if language == "ja" and slide.summary_ja:
        return [*shown, Line("")]  # points and terms are in English; the Japanese summary has them
    shown += [Line(f"- {point}", 5) for point in slide.points]
    if slide.terms:
        shown.append(Line(", ".join(slide.terms), 5, style="faint"))
    return [*shown, Line("")]


def summary_lines(entry: Entry, video: Video, length: float, language: Language) -> list[Line]:
    """Return the summary of a lecture as lines: overview, then the outline with its links.

    Args:
        length: Of the lecture, in seconds.
    """
    shown = [
        Line(f"{lecture_title(video, language)} ({clock(length)})", style="title"),
        *([Line(video.file)] if video.file else []),
        Line(in_language(entry.text, entry.text_ja, language)),
    ]
    for start, title, title_ja in entry.outline:
        shown.append(Line(f"{clock(start):>7}  {in_language(title, title_ja, language)}"))
        if url := video.url(start):
            shown.append(Line("", 9, url))
    return shown


def summary_json(entry: Entry, video: Video) -> dict[str, Any]:
    """Return the summary of a lecture as JSON in both languages."""
    return {
        "lecture": video.lecture,
        "video_id": video.video_id,
        "title": video.title,
        "title_ja": video.title_ja,
        "speakers": list(video.speakers),
        "summary": entry.text,
        "summary_ja": entry.text_ja,
        "outline": [
            {"start": start, "time": clock(start), "title": title, "title_ja": title_ja,
             "url": video.url(start) or None}
            for start, title, title_ja in entry.outline
        ],
        **file_json(video),
    }  # fmt: skip


# The verdict about a lecture for a goal, in English and Japanese.
VERDICTS: dict[Fit, tuple[str, str]] = {
    "named": ("A good choice for this.", "この目的に合う回です。"),
    "in_time": (
        "Takes {takes}; you have {time}.",
        "{length}分の講義です（使える時間：{time}分）。",
    ),
    "too_long": (
        "No lecture fits into {limit}. This is the shortest: {takes}.",
        "{time}分に収まる講義はありません。最も短いのはこの回（{length}分）です。",
    ),
    "whole": ("Much of the lecture is about this.", "この回の多くがこの話題です。"),
    "part": ("A part of the lecture is about this.", "この回の一部で扱われています。"),
    "mention": ("Only mentioned here.", "少し触れられているだけです。"),
}
_MINUTES = (
    "About {time} of its {length} minutes deal with it directly.",
    "全{length}分のうち約{time}分が直接この話題を扱います。",
)
_LENGTH = (
    "The lecture takes {takes}; you have {time}.",
    "{length}分の講義です（使える時間：{time}分）。",
)
_PART = (
    "The part of it that fits: {begin}–{end}.",
    "時間内に見るなら{begin}～{end}です。",
)
COUNTED_FROM = 600.0  # seconds; for shorter lectures, the minutes about the goal are left out


def verdict(pick: Pick, time: float, language: Language) -> str:
    """Return what a lecture is for a goal, in words.

    Args:
        time: The seconds that the visitor has; 0 if the goal does not state them.
    """
    lecture, japanese = pick.lecture, language == "ja"
    length, limit = minutes(lecture.duration), minutes(time)
    lengths = {
        "length": length,
        "time": limit,
        "takes": _in_minutes(length),
        "limit": _in_minutes(limit),
    }
    parts = [VERDICTS[pick.fit][japanese].format(**lengths)]
    if pick.seconds and lecture.duration >= COUNTED_FROM:
        parts.append(_MINUTES[japanese].format(length=length, time=minutes(pick.seconds)))
    if time and lecture.duration and pick.fit not in ("in_time", "too_long"):
        parts.append(_LENGTH[japanese].format(**lengths))
    if pick.end:
        parts.append(_PART[japanese].format(begin=clock(pick.begin), end=clock(pick.end)))
    in_a_word = in_language(lecture.in_a_word, lecture.in_a_word_ja, language)
    if in_a_word and pick.fit not in ("in_time", "too_long"):
        parts.append(in_a_word + ("。" if japanese else "."))
    return ("" if japanese else " ").join(parts)


def _in_minutes(count: int) -> str:
    """Return a number of minutes in English.

    >>> _in_minutes(1), _in_minutes(20)
    ('1 minute', '20 minutes')
    """
    return f"{count} minute{'' if count == 1 else 's'}"


def minutes(seconds: float) -> int:
    """Return whole minutes, at least one.

    >>> minutes(20), minutes(887), minutes(1363)
    (1, 15, 23)
    """
    return max(1, round(seconds / 60))


def guide_json(guide: Guide, goal: str) -> dict[str, Any]:
    """Return what to watch for a goal as JSON; the verdict is in the language of the goal."""
    fact = guide.fact
    return {
        "goal": goal,
        "fact": {"text": fact.text, "text_ja": fact.text_ja} if fact else None,
        "lectures": [_pick_json(pick, guide.time, language_of(goal)) for pick in guide.picks],
    }


def _pick_json(pick: Pick, time: float, language: Language) -> dict[str, Any]:
    lecture, video = pick.lecture, pick.lecture.video()
    return {
        "lecture": lecture.number or None,
        "video_id": lecture.video_id,
        "title": lecture.title,
        "title_ja": lecture.title_ja,
        "fit": pick.fit,
        "verdict": verdict(pick, time, language),
        "seconds": pick.seconds,
        "begin": pick.begin,
        "end": pick.end or None,
        "time": clock(pick.begin),
        "url": video.url(pick.begin) or None,
        **file_json(video),
        "recommended": lecture.recommended,
        "difficulty": lecture.difficulty,
        "before_watching": lecture.before_watching,
        "good_for": lecture.good_for,
        "moments": [
            {
                "start": one.start,
                "end": one.end,
                "time": clock(one.start),
                "kind": one.kind,
                "title": one.title,
                "title_ja": one.title_ja,
                "url": video.url(one.start) or None,
            }
            | _by(one.model)
            for one in pick.moments
        ],
    }


def guide_lines(guide: Guide, goal: str) -> list[Line]:
    """Return what to watch for a goal as lines for a terminal, in the language of the goal."""
    language = language_of(goal)
    shown = []
    if guide.fact:
        said = in_language(guide.fact.text, guide.fact.text_ja, language)
        shown = [Line(f"{label('deck', language)}: {said}"), Line("")]
    return shown + [
        line
        for pick in guide.picks
        for line in [*_pick_lines(pick, guide.time, language), Line("")]
    ]


def no_lecture(goal: str) -> str:
    """Return that no lecture fits a goal, in its language.

    >>> no_lecture("pizza")
    "No lecture fits 'pizza'. Try other words."
    """
    if language_of(goal) == "ja":
        return f"「{goal}」に合う講義はありません。別の言葉で試してください。"
    return f"No lecture fits {goal!r}. Try other words."


def _pick_lines(pick: Pick, time: float, language: Language) -> list[Line]:
    lecture, video, japanese = pick.lecture, pick.lecture.video(), language == "ja"
    star = " ★" if lecture.recommended else ""
    title = f"{lecture_title(video, language)} ({clock(lecture.length)}){star}"
    texts = [
        ", ".join(lecture.speakers),
        verdict(pick, time, language),
        in_language(lecture.difficulty_reason, lecture.difficulty_reason_ja, language),
    ]
    if before := in_language(lecture.before_watching, lecture.before_watching_ja, language):
        texts.append(f"{'視聴の前に：' if japanese else 'Before watching: '}{before}")
    begin = f"{clock(pick.begin)}から" if japanese else f"Begin at {clock(pick.begin)}"
    return [
        Line(title, style="title"),
        *(Line(one, 3) for one in texts if one),
        Line(begin, 3, video.url(pick.begin)),
        *([Line(video.file, 3)] if video.file else []),
        *(
            Line(f"{clock(one.start)} {_words(one, language)}", 5, video.url(one.start))
            for one in pick.moments
        ),
    ]


def _words(chunk: Chunk, language: Language) -> str:
    """Return the title of a note, and who wrote it if a language model did; of speech, its first
    words."""
    if chunk.kind == "transcript":  # its title is that of the recording
        return shorten(chunk.text, FIRST_LETTERS, placeholder=" …")
    by = f"  ({by_model(chunk.model)})" if chunk.model else ""
    return f"{in_language(chunk.title, chunk.title_ja, language)}{by}"


def _slide_line(slide: Slide, language: Language, indent: int) -> Line:
    return Line(slide_title(slide, language), indent, slide.url)


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
        text = in_language(citation.quote, citation.quote_ja, language)
        shown.append(f"{label(citation.kind, language)}: {escape(text)}")
    if note := citation.note:
        text = in_language(note.text, note.text_ja, language)
        shown.append(f"{label('note', language)}: {escape(text)}")
    if citation.model:
        shown.append(f"({escape(by_model(citation.model))})")
    return shown


def _place(citation: Citation, language: Language) -> list[str]:
    """Return the place of a citation: lecture and time, or the slide."""
    if citation.kind in ("slide", "deck"):
        slide = citation.slide
        return [slide_title(slide, language) if slide else citation.video.title]
    return [lecture_title(citation.video, language), citation.time]
