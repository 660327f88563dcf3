"""JSON and XML formats: recognisers, transcript APIs, Kaltura, YouTube's srv1 to srv3, TTML."""

import ast
import io
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from cs25search.errors import CaptionError

from .clocks import BROKEN_OFF, read_clock
from .json3 import read_events
from .track import MAX_HOURS, Problems, Shown, Timed
from .words import read_lines, tokens_of

MOST_WORDS = 12  # of a caption made of single words
FURTHEST = 40  # letters of the text that may lie between two of its words
TTML_DEPTH = 4  # elements around a paragraph that may give its times: <div>s and <body>
SENTENCE_END = ".?!。？！"
# Where documents keep their captions, the names of a caption's times, and their unit in ms.
_LISTS = (
    ("utterances", ("start", "end"), 1.0, "AssemblyAI JSON"),
    ("segments", ("start", "end"), 1000.0, "Whisper JSON"),
    ("transcription", ("from", "to"), 1.0, "whisper.cpp JSON"),
    ("chunks", ("from", "to"), 1000.0, "Whisper JSON"),
    ("objects", ("startTime", "endTime"), 1.0, "Kaltura JSON"),
    ("snippets", ("start", "end"), 1000.0, "youtube-transcript-api JSON"),
    ("transcript", ("start", "end"), 1000.0, "youtube-transcript-api JSON"),
)
_TEXTS = ("text", "content", "body")
_MOST_SECONDS = 20  # of a word; if words take longer, their times are in milliseconds
_CAPTIONS = ("p", "text")  # XML elements
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.S)  # of JSON
_DEEPEST = 2  # captions are in a list, which is the document or one of its fields
# A caption as Python prints it; a long string may be several, one per line.
_STRING = r"""(?:'(?:[^'\\\n]|\\.)*+'|"(?:[^"\\\n]|\\.)*+")"""
_NUMBER = r"-?[0-9]{1,15}(?:\.[0-9]{1,20})?(?:e-?[0-9]{1,2})?"
_VALUE = rf"(?:{_NUMBER}|None|True|False|{_STRING}(?:\s*+{_STRING})*+)"
_KEY = r"(?:'?\b[a-z_]{1,20}'?\s{0,9}[:=]\s*+)"
_FIELD = re.compile(rf"'?\b([a-z_]{{1,20}})'?\s{{0,9}}[:=]\s*+({_VALUE})")
_PRINTED_ENTRY = re.compile(
    rf"(?:\{{|FetchedTranscriptSnippet\()(?:\s*+{_KEY}{_VALUE}\s*+,?)++\s*+[}})]"
)
_PRINTED = re.compile(
    r"^\s{0,9}(?:\[\s{0,9}){0,2}(?:FetchedTranscript\w{0,7}\(|\{\s{0,9}'(?:text|start|duration)')",
    re.M,
)


def read_json(text: str, problems: Problems) -> tuple[list[Shown], str]:
    """Return the captions of a JSON document, and its format; of a broken one, the whole captions.

    Raises:
        CaptionError: It is not JSON, or JSON in an unknown format.
    """
    try:
        # float(), unlike int(), takes any number of digits; real times are checked below.
        document = json.loads(text, strict=False, parse_int=float)
    except json.JSONDecodeError as error:
        reason = f"not JSON: {error.msg}, column {error.colno}"
        whole = _whole_entries(text[: error.pos])
        if not whole:
            raise CaptionError(problems.source, error.lineno, reason) from None
        problems.add(error.lineno, f"{BROKEN_OFF}; {reason}")
        document = json.loads(whole, strict=False, parse_int=float)
    except RecursionError:
        raise CaptionError(problems.source, 0, "not JSON: nested too deeply") from None
    if isinstance(document, dict) and isinstance(document.get("events"), list):
        return read_events(document["events"], problems), "json3"
    if isinstance(document, list):
        if document and all(isinstance(one, dict) and "word" in one for one in document):
            return _captions_of_words(document, None), "Whisper JSON"
        return _entries(document, ("start", "end"), 1000.0, problems), "youtube-transcript-api JSON"
    for key, names, unit, kind in _LISTS:
        if document.get(key) and isinstance(document[key], list):
            if isinstance(document[key][0], dict) and "startTime" in document[key][0]:
                names = ("startTime", "endTime")  # the JSON of podcasts
                kind = "podcast JSON" if key == "segments" else kind
            return _entries(document[key], names, unit, problems), kind
    if isinstance(document.get("words"), list):
        return _captions_of_words(document["words"], document.get("text")), "Whisper JSON"
    first = next(iter(document.values()), None)
    if isinstance(first, list) and all(isinstance(one, dict) for one in first) and first:
        # By video id.
        return _entries(first, ("start", "end"), 1000.0, problems), "youtube-transcript-api JSON"
    raise CaptionError(problems.source, 0, "JSON in an unknown format (see docs/captions.md)")


def _whole_entries(text: str) -> str:
    """Return JSON up to its last whole entry of a list, "" if there is none.

    >>> _whole_entries('{"segments": [{"start": 0}, {"start": 1, "te')
    '{"segments": [{"start": 0}]}'
    """
    closing: list[str] = []
    whole = ""
    end = 0
    for match in _TOKEN.finditer(text):
        if match[0] in "[{":
            closing.append("]" if match[0] == "[" else "}")
        elif match[0] in "]}" and closing:
            closing.pop()
            if match[0] == "}" and closing[-1:] == ["]"] and len(closing) <= _DEEPEST:
                end, whole = match.end(), "".join(reversed(closing))
    return text[:end] + whole


def is_printed_list(text: str) -> bool:
    """Return whether a text may be captions that Python printed, possibly after other lines."""
    return _PRINTED.search(text[:2000]) is not None


def read_printed_list(text: str, problems: Problems) -> list[Shown]:
    """Return the captions that youtube-transcript-api prints, or its users do.

    They are one list, a list of lists (with line breaks, as its command line prints them), or one
    caption per line. Of a list that is cut off, the whole captions are returned.

    Raises:
        CaptionError: There is no whole caption in it.
    """
    found = list(_PRINTED_ENTRY.finditer(text))
    if not found:
        raise CaptionError(problems.source, 0, "not a list that Python printed")
    head = text[: found[0].start()]
    opened = head.count("[") - head.count("]")
    entries = []
    for one, following in zip(found, [*found[1:], None], strict=True):
        entries.append(_printed_entry(one[0]))
        after = text[one.end() : following.start() if following else None]
        is_begun = after.lstrip(", \n").startswith(("{", "F")) or after.count("]") < opened
        if following is None and is_begun:
            problems.add(_line_of(text, one.end()), BROKEN_OFF)
        elif following and "[" in after:
            reason = "the captions of another video begin here and are left out"
            problems.add(_line_of(text, following.start()), reason)
            break
        elif following and after.strip(", \n"):
            reason = f"{after.strip(', ')[:60]!r} is not a caption"
            problems.add(_line_of(text, one.end()), reason)
    return _entries(entries, ("start", "end"), 1000.0, problems)


def _printed_entry(text: str) -> dict[str, Any]:
    """Return the fields of a caption that Python printed, {} if they are no literals."""
    try:
        # Adjacent strings on several lines are one literal only between brackets.
        return {key: ast.literal_eval(f"({said})") for key, said in _FIELD.findall(text)}
    except (SyntaxError, ValueError):
        return {}


def _line_of(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def _entries(
    entries: list[Any], names: tuple[str, str], unit: float, problems: Problems
) -> list[Shown]:
    """Return a caption for each entry; nested lists are flattened."""
    shown = []
    if entries and all(isinstance(one, list) for one in entries):
        entries = next((one for one in entries if one), [])
    for number, entry in enumerate(entries, 1):
        one = _entry(entry, names, unit) if isinstance(entry, dict) else None
        if one is None:
            problems.add(0, f"entry {number} of the list has no time and text")
        elif one.lines:
            shown.append(one)
    return shown


def _entry(entry: Mapping[str, Any], names: tuple[str, str], unit: float) -> Shown | None:
    text = next((entry[name] for name in _TEXTS if name in entry), None)
    if isinstance(text, list):  # Kaltura
        text = "\n".join(str(one.get("text", "")) for one in text if isinstance(one, dict))
    start, end = _times(entry, names, unit)
    if not isinstance(text, str) or start is None:
        return None
    speaker = entry.get("speaker", "")
    lines = _timed_words(entry.get("words"), text) or read_lines(text.split("\n"))
    return Shown(start, end, lines, speaker.strip() if isinstance(speaker, str) else "")


def _times(
    entry: Mapping[str, Any], names: tuple[str, str], unit: float
) -> tuple[int | None, int | None]:
    """Return start and end of an entry in milliseconds."""
    if isinstance(entry.get("offsets"), dict):
        entry = entry["offsets"]
    elif isinstance(entry.get("timestamp"), list) and len(entry["timestamp"]) == 2:
        entry = dict(zip(names, entry["timestamp"], strict=True))
    start = _time(entry.get(names[0]), unit)
    end = _time(entry.get(names[1]), unit)
    for name in ("duration", "dur"):
        length = _time(entry.get(name), unit)
        if end is None and start is not None and length is not None:
            end = start + length
    return start, None if end is None or start is None else max(start, end)


def _time(value: object, unit: float) -> int | None:
    """Return a number of seconds or milliseconds, or a clock, in milliseconds."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return read_clock(value) if isinstance(value, str) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return round(value * unit) if 0 <= value * unit <= MAX_HOURS * 3_600_000 else None


def _timed_words(words: object, said: str) -> list[list[Timed]]:
    """Return the words of a recogniser as one line; some may have no time.

    Args:
        said: The text of the entry, which shows where blanks are: WhisperX writes none into the
            words, and Chinese, Japanese and Thai have none between them.
    """
    if not isinstance(words, list):
        return []
    pieces: list[Timed] = []
    done = 0  # letters of the text
    for one in words:
        if not isinstance(one, dict):
            return []
        text = one.get("word", one.get("text"))
        if not isinstance(text, str):
            return []
        begin = said.find(text.strip(), done)
        is_joined = 0 < begin == done
        done = max(done, begin + len(text.strip()))
        text = text.strip() if is_joined or not pieces else f" {text.strip()}"
        pieces.append((_time(one.get("start"), 1000.0), text))
    tokens = tokens_of(pieces)
    return [tokens] if tokens else []


def _captions_of_words(words: list[Any], text: object) -> list[Shown]:
    """Return captions of timed words, as Whisper's API gives them without segments.

    Args:
        text: All that is said; it shows where blanks are.
    """
    whole = text if isinstance(text, str) else ""
    words = _in_seconds(words)
    shown: list[Shown] = []
    held: list[dict[str, Any]] = []
    begin = done = 0  # in the text
    for number, one in enumerate(words):
        said = one.get("word", one.get("text")) if isinstance(one, dict) else None
        if not isinstance(said, str) or not said.strip():
            continue
        held.append(one)
        found = whole.find(said.strip(), done)
        if 0 <= found <= done + FURTHEST:
            done = found + len(said.strip())
            while done < len(whole) and whole[done] in SENTENCE_END + ",":
                done += 1
        ends = whole[done - 1 : done] in (*SENTENCE_END,) or said.rstrip()[-1] in SENTENCE_END
        if len(held) >= MOST_WORDS or ends or number == len(words) - 1:
            shown += _caption_of_words(held, whole[begin:done])
            held, begin = [], done
    return shown + _caption_of_words(held, whole[begin:done])


def _in_seconds(words: list[Any]) -> list[Any]:
    """Return words with times in seconds; AssemblyAI gives milliseconds."""
    ends = [_time(one.get("end"), 1.0) for one in words if isinstance(one, dict)]
    latest = max((end for end in ends if end is not None), default=0)
    if latest <= _MOST_SECONDS * len(words):
        return words
    return [
        one | {name: time / 1000 for name in ("start", "end") if (time := _number(one.get(name)))}
        if isinstance(one, dict)
        else one
        for one in words
    ]


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def _caption_of_words(words: list[dict[str, Any]], said: str) -> list[Shown]:
    lines = _timed_words(words, said)
    times = [_time(one.get("start"), 1000.0) for one in words]
    start = next((time for time in times if time is not None), None)
    if start is None or not lines:
        return []
    end = _time(words[-1].get("end"), 1000.0)
    return [Shown(start, None if end is None else max(start, end), lines)]


# XML


def read_xml(text: str, problems: Problems) -> tuple[list[Shown], str]:
    """Return the captions of YouTube's XML or of TTML, and the format.

    Of broken XML, the captions before the break are returned.

    Raises:
        CaptionError: It is not XML, or XML in an unknown format.
    """
    root: Element | None
    try:
        root = defusedxml.ElementTree.fromstring(text.strip())
    except (ParseError, DefusedXmlException, ValueError) as error:
        reason = f"not XML: {error}"[:200]
        root = _whole_elements(text.strip()) if isinstance(error, ParseError) else None
        if root is None:
            raise CaptionError(problems.source, 0, reason) from None
        problems.add(0, f"{BROKEN_OFF}; {reason}")
    name = _local(root.tag)
    if name == "transcript":
        return list(_youtube(root, "text", "start", "dur", 1000.0)), "srv1"
    if name == "timedtext" and root.find("body") is not None:
        return list(_youtube(root, "p", "t", "d", 1.0)), "srv3"
    if name == "timedtext":
        return list(_youtube(root, "text", "t", "d", 1.0)), "srv2"
    if name == "tt":
        return list(_ttml(root, problems)), "TTML"
    raise CaptionError(problems.source, 0, f"XML in an unknown format: <{name[:40]}>")


def _whole_elements(text: str) -> Element | None:
    """Return the root of broken XML with its whole captions, None if there are none."""
    root: Element | None = None
    opened: list[Element] = []
    has_captions = False
    with suppress(ParseError, DefusedXmlException, ValueError):
        for event, one in defusedxml.ElementTree.iterparse(io.StringIO(text), ("start", "end")):
            root = one if root is None else root
            if event == "start":
                opened.append(one)
            else:
                opened.pop()
                has_captions |= _local(one.tag) in _CAPTIONS
    for parent, one in pairwise(opened):
        if _local(one.tag) in _CAPTIONS:
            parent.remove(one)
            break
    return root if has_captions else None


def _youtube(root: Element, tag: str, begin: str, length: str, unit: float) -> Iterator[Shown]:
    for one in root.iter(tag):
        start, lasts = _time(one.get(begin), unit), _time(one.get(length), unit)
        if start is None:
            continue
        words = [word for word in one if word.tag == "s"]
        if words:
            pieces: list[Timed] = [
                (start + (_time(word.get("t", "0"), 1.0) or 0), word.text or "") for word in words
            ]
            tokens = tokens_of(pieces)
            lines = [tokens] if tokens else []
        else:
            lines = read_lines("".join(one.itertext()).split("\n"))
        if lines:
            yield Shown(start, None if lasts is None else start + lasts, lines)


def _ttml(root: Element, problems: Problems) -> Iterator[Shown]:
    rates = {_local(key): value for key, value in root.attrib.items()}
    names = {
        one.get("{http://www.w3.org/XML/1998/namespace}id", ""): " ".join(one.itertext()).strip()
        for one in root.iter()
        if _local(one.tag) == "agent"
    }
    parents = {child: one for one in root.iter() for child in one}
    for number, one in enumerate((p for p in root.iter() if _local(p.tag) == "p"), 1):
        facts = _timed_facts(one, parents)
        start, end = _offset(facts.get("begin"), rates), _offset(facts.get("end"), rates)
        lasts = _offset(facts.get("dur"), rates)
        lines = read_lines(_with_breaks(one).split("\n"))
        if start is None:
            if lines:
                problems.add(0, f"paragraph {number} begins at {facts.get('begin')!r}")
            continue
        if end is None and lasts is not None:
            end = start + lasts
        if lines:
            speaker = names.get(facts.get("agent", ""), "")
            yield Shown(start, None if end is None else max(start, end), lines, speaker)


def _timed_facts(paragraph: Element, parents: Mapping[Element, Element]) -> dict[str, str]:
    """Return the attributes of a TTML paragraph.

    One without times has those of its spans, else of the <div> or <body> around it.
    """
    facts = {_local(key): value for key, value in paragraph.attrib.items()}
    if "begin" in facts:
        return facts
    spans = [one for one in paragraph.iter() if _local(one.tag) == "span" and one.get("begin")]
    if spans:
        last = {name: spans[-1].get(name, "") for name in ("end", "dur")}
        return facts | {"begin": spans[0].get("begin", "")} | ({} if len(spans) > 1 else last)
    around: Element | None = paragraph
    for _ in range(TTML_DEPTH):
        around = None if around is None else parents.get(around)
        if around is not None and around.get("begin"):
            found = {name: around.get(name, "") for name in ("begin", "end", "dur")}
            return found | facts
    return facts


def _offset(text: str | None, rates: Mapping[str, str]) -> int | None:
    """Return a TTML time in milliseconds: a clock, with frames, or a number with its unit.

    A number without a unit means seconds, as in files from Apple Music.
    """
    if not text:
        return None
    if match := re.fullmatch(r"([0-9]{1,15}(?:\.[0-9]{1,30})?)(h|m|s|ms|t|f)?", text.strip()):
        units = {"h": 3_600_000.0, "m": 60_000.0, "s": 1000.0, "ms": 1.0}
        rate = _rate(rates, "tickRate", 1.0) if match[2] == "t" else _frame_rate(rates)
        return _time(float(match[1]), units.get(match[2] or "s", 1000.0 / rate))
    clock, colon, frames = text.strip().rpartition(":")
    if colon and clock.count(":") == 2 and frames.isdecimal() and len(frames) <= 3:
        whole = read_clock(clock)
        rate = _frame_rate(rates)
        return None if whole is None else whole + round(int(frames) * 1000 / rate)
    return read_clock(text)


def _rate(rates: Mapping[str, str], name: str, usual: float) -> float:
    text = rates.get(name, "")
    return float(text) if re.fullmatch("[1-9][0-9]{0,9}", text) else usual


def _frame_rate(rates: Mapping[str, str]) -> float:
    """Return the frames per second; the multiplier "1000 1001" makes 30 to 29.97."""
    match = re.fullmatch(
        r"([1-9][0-9]{0,6})[\s:]([1-9][0-9]{0,6})", rates.get("frameRateMultiplier", "")
    )
    return _rate(rates, "frameRate", 30.0) * (int(match[1]) / int(match[2]) if match else 1.0)


def _with_breaks(element: Element) -> str:
    """Return the text of a TTML paragraph; only <br/> breaks a line.

    If spans contain the blanks between words, as those of syllables do, a line break between two
    spans is layout and no blank.
    """
    spans = [one for one in element.iter() if _local(one.tag) == "span"]
    has_blanks = any((one.text or "").strip("\n").endswith(" ") for one in spans if not len(one))
    for one in element.iter():
        tail = one.tail or ""
        is_layout = has_blanks and "\n" in tail and not tail.strip()
        one.text = (one.text or "").replace("\n", " ")
        one.tail = "" if is_layout else tail.replace("\n", " ")
        if _local(one.tag) == "br":
            one.text = "\n"
    return "".join(element.itertext())


def _local(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
