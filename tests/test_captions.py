"""Captions: one file per format and case in data/captions, and properties of generated ones."""

import contextlib
import html
import json
import math
import os
import time
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import measures_time
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cs25search.errors import CaptionError
from cs25search.records import Cue, Video, Word
from cs25search.text.clean import visible
from ingest.captions.encodings import decode
from ingest.captions.files import Origin, RawTrack
from ingest.captions.json3 import write_json3
from ingest.captions.parse import clip, parse_captions
from ingest.captions.track import MAX_SKIPPED, Track
from ingest.collect import read_track
from ingest.report import VideoRow

DATA = Path(__file__).parent / "data" / "captions"
VALID = sorted(p for p in (DATA / "valid").iterdir() if ".expected" not in p.name)
INVALID = sorted(p for p in (DATA / "invalid").iterdir() if ".expected" not in p.name)

generated = settings(max_examples=int(os.environ.get("CS25_FUZZ_EXAMPLES", "50")))

# Generated speech: lines of words, each word with the millisecond it is said at.
Line = list[tuple[int, str]]
Speech = list[Line]

SPOKEN = st.sampled_from(
    ["no", "no", "so", "attention", "it's", "AT&T", "<unk>", "[see", "4]", "42", "x<y", "&c."]
) | st.sampled_from(["List<int>", "注意", "naïve", "-->", "NOTE", "f(x)", "{0}", "a>>b"])


@st.composite
def speech(draw: st.DrawFn) -> Speech:
    """Lines of one to six words; a pause, if any, comes before a line."""
    now = draw(st.integers(0, 5_000))
    lines = []
    for words in draw(st.lists(st.lists(SPOKEN, min_size=1, max_size=6), min_size=1, max_size=12)):
        now += draw(st.sampled_from([0, 0, 0, 2_000]))
        line = []
        for word in words:
            line.append((now, word))
            now += draw(st.integers(100, 900))
        lines.append(line)
        now += 10
    return lines


def spoken(lines: Speech) -> list[str]:
    return [word for line in lines for _, word in line]


def words_of(track: Track) -> list[str]:
    return [word for cue in track.cues for word in cue.text.split()]


def stamp(ms: int, point: str) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}{point}{ms % 1000:03}"


def as_srt(lines: Speech, overlap: int = 0) -> str:
    blocks = []
    for number, line in enumerate(lines, 1):
        start, end = line[0][0], line[-1][0] + 100 + overlap
        text = " ".join(html.escape(word, quote=False) for _, word in line)
        blocks.append(f"{number}\n{stamp(start, ',')} --> {stamp(end, ',')}\n{text}\n\n")
    return "".join(blocks)


def as_rolling_webvtt(lines: Speech, word_times: bool = True) -> str:
    """Return captions as YouTube writes them: the last line, the new line, then a 10 ms flash."""
    text = "WEBVTT\nKind: captions\nLanguage: en\n\n"
    above, cleared = " ", 0
    for number, line in enumerate(lines):
        start = line[0][0]
        following = lines[number + 1][0][0] if number + 1 < len(lines) else line[-1][0] + 500
        end = min(following, line[-1][0] + 1_000) - 10
        plain = " ".join(html.escape(word) for _, word in line)
        new = plain
        if word_times:
            timed = [f"<{stamp(at, '.')}><c> {html.escape(word)}</c>" for at, word in line[1:]]
            new = html.escape(line[0][1]) + "".join(timed)
        if start > cleared + 100:
            above = " "
        times = f"{stamp(start, '.')} --> {stamp(end, '.')} align:start position:0%"
        flash = f"{stamp(end, '.')} --> {stamp(end + 10, '.')} align:start position:0%"
        text += f"{times}\n{above}\n{new}\n\n{flash}\n{plain}\n \n\n"
        above, cleared = plain, end + 10
    return text


def as_json3(lines: Speech) -> str:
    events: list[dict[str, object]] = [{"tStartMs": 0, "id": 1, "wpWinPosId": 1}]
    for line in lines:
        start = line[0][0]
        segs = [
            {"utf8": " " * (at > start) + html.escape(word), "tOffsetMs": at - start}
            for at, word in line
        ]
        events.append({"tStartMs": start, "dDurationMs": 5_000, "segs": segs})
        events.append({"tStartMs": start, "aAppend": 1, "segs": [{"utf8": "\n"}]})
    return json.dumps({"wireMagic": "pb3", "events": events})


def check_track(track: Track) -> None:
    """Check what must hold for every track."""
    assert track.cues
    for cue in track.cues:
        assert 0 <= cue.start <= cue.end < math.inf
        assert cue.text and cue.text == " ".join(cue.text.split())
        assert cue.text == visible(cue.text)
        cue.text.encode()  # fails on lone surrogates
        if cue.words:
            assert cue.text == " ".join(word.text for word in cue.words)
        times = [cue.start, *(word.start for word in cue.words), cue.end]
        assert times == sorted(times)
    assert all(a.start <= b.start for a, b in pairwise(track.cues))
    written = parse_captions(write_json3(track.cues)).cues
    assert written == tuple(replace(cue, speaker="") for cue in track.cues)


# The files


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.name)
def test_file_gives_the_cues_beside_it(path: Path) -> None:
    expected = json.loads(path.with_name(f"{path.name}.expected.json").read_text("utf-8"))
    track = parse_captions(path.read_bytes(), path.name)
    check_track(track)
    assert track.kind == expected["kind"]
    cues = [[cue.start, cue.end, cue.text, *filter(None, [cue.speaker])] for cue in track.cues]
    assert cues == expected["cues"]
    assert track.encoding == expected.get("encoding", "")
    assert list(track.remarks) == expected.get("remarks", [])
    assert list(map(list, track.chapters)) == expected.get("chapters", [])
    words = [[word.start, word.text] for cue in track.cues for word in cue.words]
    assert words == expected.get("words", [])
    skipped = [f"{error.line}: {error.reason}" for error in track.skipped]
    assert skipped == expected.get("skipped", [])


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.name)
def test_file_without_captions_says_why(path: Path) -> None:
    expected = path.with_name(f"{path.name}.expected.txt").read_text("utf-8").strip()
    with pytest.raises(CaptionError) as caught:
        parse_captions(path.read_bytes(), path.name)
    assert str(caught.value).split("\n")[0] == expected
    assert caught.value.source == path.name


# Speech in, speech out


@generated
@given(speech(), st.sampled_from([0, 100, 3_000]))
def test_srt_gives_each_word_once_in_order(lines: Speech, overlap: int) -> None:
    track = parse_captions(as_srt(lines, overlap))
    check_track(track)
    assert words_of(track) == spoken(lines)
    assert [cue.start for cue in track.cues] == [line[0][0] / 1000 for line in lines]


@generated
@given(speech())
def test_rolling_webvtt_gives_each_word_once_at_its_time(lines: Speech) -> None:
    track = parse_captions(as_rolling_webvtt(lines))
    check_track(track)
    assert words_of(track) == spoken(lines)
    if any(len(line) > 1 for line in lines):
        words = [(round(word.start * 1000), word.text) for cue in track.cues for word in cue.words]
        assert words == [word for line in lines for word in line]


@generated
@given(speech())
def test_rolling_captions_without_word_times_give_each_word_once(lines: Speech) -> None:
    track = parse_captions(as_rolling_webvtt(lines, word_times=False))
    check_track(track)
    assert words_of(track) == spoken(lines)
    assert [cue.start for cue in track.cues] == [line[0][0] / 1000 for line in lines]


@generated
@given(speech())
def test_json3_gives_each_word_once_at_its_time(lines: Speech) -> None:
    track = parse_captions(as_json3(lines))
    check_track(track)
    words = [(round(word.start * 1000), word.text) for cue in track.cues for word in cue.words]
    assert words == [word for line in lines for word in line]


@generated
@given(speech(), st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["utf-8-sig", "utf-16"]))
def test_line_ends_and_encoding_change_nothing(lines: Speech, end: str, encoding: str) -> None:
    text = as_srt(lines)
    assert parse_captions(text.replace("\n", end).encode(encoding)) == parse_captions(text)


def test_speaker_repeating_a_sentence_is_kept_in_ordinary_captions() -> None:
    text = as_srt([[(at * 1000, "No."), (at * 1000 + 900, "No.")] for at in range(6)])
    assert words_of(parse_captions(text)) == ["No."] * 12


def test_caption_starting_like_the_one_before_is_kept_in_ordinary_captions() -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\nWhy?\n\n"
        "2\n00:00:02,000 --> 00:00:03,000\nWhy?\nBecause it is fast.\n\n"
        "3\n00:00:03,000 --> 00:00:04,000\nAnd simple.\n"
    )
    assert words_of(parse_captions(text)) == "Why? Why? Because it is fast. And simple.".split()


# The end of the video


@generated
@given(speech(), st.integers(0, 20_000))
def test_nothing_is_left_after_the_end_of_the_video(lines: Speech, end: int) -> None:
    duration = end / 1000
    cues = parse_captions(as_json3(lines)).cues
    kept = clip(cues, duration)
    assert all(cue.start < duration and cue.end <= duration for cue in kept)
    words = [(round(word.start * 1000), word.text) for cue in kept for word in cue.words]
    assert words == [word for line in lines for word in line if word[0] < end]
    assert [word for cue in kept for word in cue.text.split()] == [text for _, text in words]


def test_clip_leaves_cues_inside_the_video_alone() -> None:
    cues = [Cue(0.0, 1.0, "a b", (Word(0.0, "a"), Word(0.5, "b"))), Cue(1.0, 2.0, "c")]
    assert clip(cues, 2.0) == cues


# Hostile files

FRAGMENTS = (
    st.sampled_from(["WEBVTT", "\n", "\n\n", "\r", "\r\n", " ", "1", "42\n", "-->", "->", "-1:"])
    | st.sampled_from(["<", ">", "</c>", "<c>", "<c.colorE5E5E5>", "<00:00:01.359>", "00:01.5"])
    | st.sampled_from(["00:00:01,000 --> 00:00:02,000\n", "\n\n00:00:02.000 --> 00:00:02.010\n"])
    | st.sampled_from(["00:00:02,010 --> 00:00:01,000 align:start\n", "NOTE ", "STYLE", "0:99"])
    | st.sampled_from(["[", "]", "[Music]", "(", "music)", "♪", ">>", "hello", "hello there\n"])
    | st.sampled_from(
        ["&amp;#39;", "&amp;", "amp;", "lt;", "&", "&#1114112;", "&#xD800;", "&nbsp;"]
    )
    | st.sampled_from(
        ["\0", "\ufeff", "\u200b", "\ud800", "\x85", "\u2028", "😀", "注意。", "&nbsp;"]
    )
    | st.sampled_from(
        ["{", "}", "{\\an8}", '{"events": [', "]}", ",", "null", "\\ud800", "\\u0000"]
    )
    | st.sampled_from(['{"tStartMs": 1000, "segs": [{"utf8": "', '", "tOffsetMs": 30}, {"utf8": "'])
    | st.sampled_from(['"}]}', '{"tStartMs": 1e999, "segs": []}', '"dDurationMs": -1'])
)


def check_any(data: bytes | str) -> None:
    try:
        track = parse_captions(data, "hostile")
    except CaptionError as error:
        assert error.source == "hostile" and error.line >= 0 and error.reason
    else:
        check_track(track)


@generated
@given(st.binary(max_size=200))
def test_any_bytes_give_cues_or_a_caption_error(data: bytes) -> None:
    check_any(data)
    check_any(b"1\n00:00:01,000 --> 00:00:02,000\n" + data)


@generated
@given(st.lists(FRAGMENTS, max_size=40).map("".join))
def test_any_mix_of_caption_syntax_gives_cues_or_a_caption_error(text: str) -> None:
    check_any(text)
    check_any("WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n" + text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
times = st.integers(-10, 10_000) | st.floats() | json_values
segs = st.fixed_dictionaries(
    {}, optional={"utf8": FRAGMENTS | st.text() | json_values, "tOffsetMs": times}
)
events = st.fixed_dictionaries(
    {},
    optional={
        "tStartMs": times,
        "dDurationMs": times,
        "aAppend": st.just(1),
        "segs": st.lists(segs | json_values, max_size=4) | json_values,
    },
)


@generated
@given(st.lists(events | json_values, max_size=6))
def test_any_json_events_give_cues_or_a_caption_error(found: list[object]) -> None:
    check_any(json.dumps({"events": found}))


HOSTILE = ["<", "<c ", "<c>a", "<00:00:01", "1", "1\n", "\n1", "\n", "\r", " ", "-->\n", "a\n\n"]
HOSTILE += ["0:0-->0:0\n", "0:0-->0:0\na\n", "0:0 -->\n\n", "[ ", "[a] ", "]", "&", "&amp;", "&#1"]
HOSTILE += ["0:00\n", "Ann 0:01\n", "[00:01.00]", "0:00:00.0,0:00:01.0\n", "1\t2\ta\n", "Ann: b\n"]
HOSTILE += ["[0:00 - 0:01] a\n", "<v Ann>", "1 " * 50, "<a>", "[[", "{'text': 1, ", '{"a":']
HOSTILE += ["{\\", "00:00:01,000 ", "NOTE\n\n", "♪ ", "\0", "\u200b", ">> ", "WEBVTT\n\nNOTE\n"]


@measures_time
@pytest.mark.parametrize("pattern", HOSTILE, ids=repr)
def test_time_does_not_grow_with_the_square_of_a_hostile_file(pattern: str) -> None:
    # Linear reading takes well under a second; quadratic reading of so much takes minutes.
    body = pattern * (80_000 // len(pattern))
    began = time.process_time()
    heads = ["1\n00:00:01,000 --> 00:00:02,000\n", "WEBVTT\n\n00:01.000 --> 00:02.000\n", ""]
    heads += ["0:00\na\n0:01\n", "[Script Info]\n[Events]\nDialogue: ", "<tt>", "[{'text': '"]
    for head in heads:
        with contextlib.suppress(CaptionError):
            parse_captions(head + body)
    assert time.process_time() - began < 15


huge = pytest.mark.parametrize(
    "text",
    [
        '{"events": [{"tStartMs": ' + "9" * 500_000 + ', "segs": [{"utf8": "a"}]}]}',
        '{"events": ' + "[" * 500_000,
        '{"events": [{"tStartMs": 0, "segs": [' + '{"utf8": "a"},' * 50_000 + "{}]}]}",
        '{"events": [' + "1," * 200_000 + "1]}",
        "1\n" + "9" * 500_000 + ":00:01,000 --> 00:00:02,000\nhello\n",
        "1\n00:00:01,000 --> 00:00:02,000\n&#" + "9" * 500_000 + ";\n",
    ],
    ids=["number", "nesting", "pieces", "bad events", "hours", "entity"],
)


@huge
def test_huge_parts_of_a_file_are_read_or_refused(text: str) -> None:
    check_any(text)


@measures_time
@huge
def test_huge_parts_of_a_file_take_no_minutes(text: str) -> None:
    began = time.process_time()
    check_any(text)
    assert time.process_time() - began < 15


def test_number_of_listed_problems_is_bounded() -> None:
    text = "00:00:01,000 --> 00:00:02,000\nhello\n\n" + "0:0 -> 0:1\nlost\n\n" * 5_000
    track = parse_captions(text)
    assert words_of(track) == ["hello"]
    assert len(track.skipped) == MAX_SKIPPED


@pytest.mark.parametrize(("broken", "told"), [(1, "1 cue left out; "), (2, "2 cues left out; ")])
def test_left_out_cues_are_counted_in_the_closing_table(broken: int, told: str) -> None:
    good = "1\n00:00:01,000 --> 00:00:02,000\nThe dough rests.\n\n"
    data = good + "2\n00:00:03,000 --> nowhere\nLost.\n\n" * broken
    track = RawTrack(Origin("talk", "local", "talk.srt", ""), data.encode())
    row, cues = read_track(VideoRow(Video("talk", "Talk", (), 60.0)), track)
    assert (row.cause[: len(told)], len(cues)) == (told, 1)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("驼峰里并没有水分", ["驼峰", "里", "并没有", "水分"]),
        ("注意機構 とは", ["注意", "機構", " とは"]),
        (" The router's job", [" The", " router's", " job"]),
        ("The router's job", ["The", "router's", "job"]),  # WhisperX
    ],
)
def test_words_of_a_recogniser_have_blanks_where_its_text_has_them(said, words):
    timed = [{"word": word, "start": n, "end": n + 1} for n, word in enumerate(words)]
    segment = {"start": 0, "end": len(words), "text": said, "words": timed}
    (cue,) = parse_captions(json.dumps({"segments": [segment]}), "talk.json").cues
    assert cue.text == said.strip()


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Fåren betar där båtarna ligger", "cp1252"),
        ("Vindmøller på havet", "cp1252"),
        ("Não há razão para isso", "cp1252"),
        ("Günaydın, bugün ışık ve şekil", "cp1254"),
    ],
)
def test_short_western_captions_are_read_in_their_encoding(text, encoding):
    srt = f"1\n00:00:01,000 --> 00:00:04,000\n{text}\n"
    track = parse_captions(srt.encode(encoding), "talk.srt")
    assert (track.cues[0].text, track.encoding) == (text, encoding)


CAFE = "Café und Übung, schöne Größe: naïve Ideen für später."


@pytest.mark.parametrize(
    ("text", "damage", "read"),
    [
        (CAFE, lambda data: data.replace("ö".encode(), b"\xf6", 1), CAFE.replace("ö", "�", 1)),
        (CAFE + "é", lambda data: data[:-1], CAFE),
        ("字幕は日本語です", lambda data: data[:-1], "字幕は日本語で"),
        ("می\u200cروم", lambda data: data, "می\u200cروم"),  # its joiner is part of the spelling
        ("क्\u200dष", lambda data: data, "क्\u200dष"),
        ("a\u200bb\u200dc", lambda data: data, "abc"),
    ],
)
def test_damaged_utf8_stays_utf8_and_joiners_stay_in_their_words(text, damage, read):
    assert decode(damage(text.encode()), "talk.srt")[0] == read


@pytest.mark.parametrize("encoding", ["cp949", "cp932", "gb18030"])
def test_file_that_ends_within_a_letter_is_read_in_its_encoding(encoding):
    said = {"cp949": "이것은 강의의 자막입니다", "cp932": "これは講義の字幕です"}
    text = said.get(encoding, "这是我们讲座的字幕")
    data = f"1\n00:00:01,000 --> 00:00:04,000\n{text * 4}".encode(encoding)[:-1]
    assert parse_captions(data, "talk.srt").cues[0].text == (text * 4)[:-1]


EVENTS = "Dialogue: 0:00:01.00,0:00:04.00,So, we begin.\nDialogue: 0:00:05.00,0:00:06.00,Go on.\n"


@pytest.mark.parametrize(
    "head",
    [
        "[Script Info]\n\n[Events]\nFormat: Start, End, Text\n",
        "[Script Info]\n[V4 Styles]\nStyle: a,&H0000ffff,x\n[Events]\nFormat: Start, End, Text\n",
        "[Script Info]\n [V4+ Styles]\n [Events]\n Format: Start, End, Text\n ",
    ],
    ids=["few fields", "a broken style", "blanks before lines"],
)
def test_ass_with_other_fields_than_usual_is_read(head):
    cues = parse_captions(head + EVENTS, "talk.ass").cues
    assert [(cue.start, cue.text) for cue in cues] == [(1.0, "So, we begin."), (5.0, "Go on.")]


def test_names_with_a_number_that_recur_are_speakers():
    labels = ["S1", "S2", "S1", "S2"]
    blocks = [
        f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{label}: so we go on.\n"
        for n, label in enumerate(labels, 1)
    ]
    cues = parse_captions("\n".join(blocks), "talk.srt").cues
    assert [cue.speaker for cue in cues] == labels


@pytest.mark.parametrize(
    "labels",
    [
        ("Frage", "Antwort", "Beispiel", "Regel"),
        ("Step 1", "Step 2", "Step 3", "Step 4"),
        ("Réponse", "Exemple", "Théorème", "Règle"),
    ],
)
def test_labels_that_do_not_recur_are_words_and_not_speakers(labels):
    blocks = [
        f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{label}: so we go on.\n"
        for n, label in enumerate(labels, 1)
    ]
    cues = parse_captions("\n".join(blocks), "talk.srt").cues
    assert [cue.speaker for cue in cues] == [""] * len(labels)
    assert cues[0].text.startswith(labels[0])


SMALL = "I will mark it: the router, the zebra."


@pytest.mark.parametrize(
    ("labels", "said", "others", "are_names"),
    [
        (["Alice", "Bob", "Carol"] * 4, "Well.", 0, True),  # English words, never written small
        (["Mark", "Mark", "Will", "Mark", "Mark", "Grace"], "Well.", 0, True),
        (["Mark", "Will"] * 4, SMALL, 0, False),
        (["Router", "Zebra"] * 6, SMALL, 0, False),
        (["Frage", "Antwort"] * 6, "Well.", 0, False),
        (["Kevin", "Dave"] * 6, SMALL, 48, True),  # seldom, but in turn
        (["Stefan", "Herald"] * 6, SMALL, 48, True),
        (["Kevin", "Dave"] * 2, SMALL, 48, False),  # too seldom
        (["Kevin"] * 6 + ["Dave"] * 6, SMALL, 48, False),  # not in turn
        (["Kevin"] * 12, SMALL, 48, False),
    ],
)
def test_first_names_are_speakers_if_they_recur_and_are_not_words(labels, said, others, are_names):
    lines = [f"{label}: {said}" for label in labels] + ["And so we go on."] * others
    blocks = [
        f"{n}\n00:{n:02}:00,000 --> 00:{n:02}:09,000\n{line}\n" for n, line in enumerate(lines)
    ]
    found = [cue.speaker for cue in parse_captions("\n".join(blocks[:60]), "talk.srt").cues]
    assert found == [*(label if are_names else "" for label in labels), *[""] * others][:60]


def test_a_remark_beside_a_name_is_not_part_of_it():
    said = ["Ana Ruiz (she/her): Hello all.", "Bo Li: Hi.", "Ana Ruiz (she/her): Let us begin."]
    blocks = [f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{one}\n" for n, one in enumerate(said, 1)]
    cues = parse_captions("\n".join(blocks), "talk.srt").cues
    assert [(cue.speaker, cue.text) for cue in cues] == [
        ("Ana Ruiz", "Hello all."), ("Bo Li", "Hi."), ("Ana Ruiz", "Let us begin."),
    ]  # fmt: skip


SAID = [f"zebra{letter} router{letter}" for letter in "abcdefghijkl"]
AS_LINES = {
    "srt": ["{n}\n00:00:{n:02},000 --> 00:00:{n:02},900\n{said}\n\n", ""],
    "vtt": ["00:{n:02}.000 --> 00:{n:02}.900\n{said}\n\n", "WEBVTT\n\n"],
    "sbv": ["0:00:{n:02}.000,0:00:{n:02}.900\n{said}\n\n", ""],
    "lrc": ["[00:{n:02}.00]{said}\n", "[ti:zebras]\n"],
    "Whisper's console": ["[00:{n:02}.000 --> 00:{n:02}.900] {said}\n", "Detected: en\n"],
    "faster-whisper's console": ["[{n}.00s -> {n}.90s] {said}\n", ""],
    "tsv": ["{n}000\t{n}900\t{said}\n", "start\tend\ttext\n"],
}


@pytest.mark.parametrize("form", AS_LINES)
def test_file_that_breaks_off_anywhere_gives_words_only_and_says_so(form):
    pattern, head = AS_LINES[form]
    whole = " ".join(SAID)
    text = head
    for number, said in enumerate(SAID, 1):
        block = pattern.format(n=number, said=said)
        for cut in range(len(block) if number > 3 else 0):
            in_times = 0 < cut < block.index("zebra") - 1
            for end in ("", "\n"):
                track = parse_captions(text + block[:cut] + end, f"half.{form}")
                assert whole.startswith(" ".join(words_of(track)))
                assert bool(track.skipped) or not in_times, block[:cut]
        text += block
    assert parse_captions(text).skipped == ()


WORDS = ["The zebra", "router needs", "marmalade"]
DOCUMENTS = {
    "Whisper JSON": (
        '{{"text": "a", "segments": [{}]}}', ", ",
        '{{"start": {n}, "end": 4, "text": "{said}", "words": [{{"word": "{said}"}}]}}'),
    "youtube-transcript-api JSON": ("[{}]", ",", '{{"text": "{said}", "start": {n}}}'),
    "youtube-transcript-api list": (
        "[{}]", ", ", "{{'text': '{said}', 'start': {n}.5, 'duration': 1}}"),
    "youtube-transcript-api list (of its command line)": (
        "[[{}]]", ",\n  ", "{{'duration': 1,\n   'start': {n}.5,\n   'text': '{said}' ''}}"),
    "youtube-transcript-api list (of snippets)": (
        "FetchedTranscript(snippets=[{}]", ", ",
        "FetchedTranscriptSnippet(text='{said}', start={n}.5, duration=1)"),
    "json3": ('{{"events": [{}]}}', ",", '{{"tStartMs": {n}, "segs": [{{"utf8": "{said}"}}]}}'),
    "srv1": ("<transcript>{}</transcript>", "\n", '<text start="{n}" dur="1">{said}</text>'),
    "srv3": ("<timedtext><body>{}</body></timedtext>", "", '<p t="{n}" d="1">{said}</p>'),
    "TTML": (
        '<tt xmlns="http://www.w3.org/ns/ttml"><body><div>{}</div></body></tt>', "",
        '<p begin="00:00:0{n}" end="00:00:09">{said}</p>'),
}  # fmt: skip


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_document_that_breaks_off_anywhere_gives_its_whole_captions(kind):
    frame, between, entry = DOCUMENTS[kind]
    entries = [entry.format(n=n, said=said) for n, said in enumerate(WORDS)]
    text = frame.format(between.join(entries))
    ends = [text.index(one) + len(one) for one in entries]
    for cut in range(ends[0], len(text)):
        track = parse_captions(text[:cut])
        assert [cue.text for cue in track.cues] == WORDS[: sum(end <= cut for end in ends)]
        assert track.kind == kind.partition(" (")[0] and track.broken_off
    assert not parse_captions(text).broken_off
