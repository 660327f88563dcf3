"""Titles, chapters, quotes, decks and model names are printed literally."""

import contextlib
import errno
import io
import json
import os
import re
import sys
import time
from types import SimpleNamespace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace
from poison import MARKS

from cs25search.cli import lecture_text
from cs25search.course.read import load_course
from cs25search.errors import OutputError
from cs25search.formats import (
    answer_json,
    answer_lines,
    answer_markdown,
    hit_json,
    hit_lines,
    json_text,
)
from cs25search.mcp_server import result
from cs25search.progress import REPORT
from cs25search.records import Answer, Chunk, Citation, Cue, Hit, Sentence, Slide, Video
from cs25search.terminal import out, plain, prepare
from cs25search.text.clean import clean, printable, visible
from cs25search.text.markdown import JOINER, escape_markdown
from cs25search.transcripts import FORMATS, write_transcript
from cs25search.ui.views.moment import as_markdown
from ingest.captions.files import Origin, RawTrack, store_track, stored_tracks
from ingest.remarks import PlainConsole, progress_bar, remarks, reported, show
from ingest.report import VideoRow, table, write_report

HARMLESS = "word"
EXAMPLES = int(os.environ.get("CS25_FUZZ_EXAMPLES", "50"))
foreign = st.lists(st.one_of(st.sampled_from(MARKS), st.text(max_size=12)), max_size=4).map(
    lambda parts: " ".join(["word", *parts])
)


def is_shown(text: str) -> bool:
    """Return whether all characters are visible, or joiners that spelling needs."""
    return all(part == visible(part) for part in re.split(f"[\n{JOINER}]", text))


def hit(text: str) -> Hit:
    video = Video("abcdefghijk", text, (text,), 99.0, 3, chapters=((0.0, text),))
    chunk = Chunk("c", "abcdefghijk", 0.0, 9.0, text, "note", text, model=text)
    slide = Slide(1, 3, text, text, "https://speakerdeck.com/x?slide=1", "other")
    return Hit(video, chunk, chunk, 0.0, 9.0, text, slide, 1.0, 1)


def answer(text: str) -> Answer:
    one = hit(text)
    citation = Citation(1, one.video, 0.0, 9.0, text, one.slide, model=text)
    return Answer(text, "answered", text, (Sentence(text, (1,)),), (citation,), 0.9)


def shown(text: str) -> list[str]:
    """Return everything that the command line prints of a record with only foreign text."""
    lecture = replace(load_course().lectures[0], title=text, speakers=(text,), in_a_word=text)
    return [plain(hit_lines(hit(text))), lecture_text(lecture), plain(answer_lines(answer(text)))]


def exports(text: str) -> list[str]:
    return [
        answer_markdown(answer(text)),
        as_markdown(hit(text), "en"),
        as_markdown(hit(text), "ja"),
        transcript(text, "md"),
    ]


def transcript(text: str, form: str) -> str:
    video = Video("abcdefghijk", text, (text,), 99.0, 3, captions=f"automatic, {text}")
    return write_transcript(video, [Cue(0.0, 9.0, text, speaker=text)], form)


def each_mark(test):
    for mark in MARKS:
        test = example(f"word {mark}")(test)
    return test


@each_mark
@given(foreign)
@settings(max_examples=EXAMPLES)
def test_terminal_gets_visible_characters_and_no_line_of_others(text):
    for printed, harmless in zip(shown(text), shown(HARMLESS), strict=True):
        assert printed == printable(printed)
        assert is_shown(printed)
        assert printed.count("\n") == harmless.count("\n")


@each_mark
@given(foreign)
@settings(max_examples=EXAMPLES)
def test_json_escapes_what_a_terminal_obeys_and_loses_nothing(text):
    printed = json_text(hit_json(hit(text)))
    assert all(character.isprintable() for character in printed)
    whole = re.sub("[\ud800-\udfff]", "?", text)
    assert json.loads(printed)["title"] == whole


def structure(markdown: str) -> list[tuple[str, str]]:
    """Return how a Markdown parser reads a text: kinds of tokens, and links."""
    program = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = [one for block in program.parse(markdown) for one in (block, *(block.children or []))]
    return [(token.type, str(token.attrs.get("href", ""))) for token in tokens
            if token.type not in ("text", "softbreak")]  # fmt: skip


@each_mark
@given(foreign)
@settings(max_examples=EXAMPLES)
def test_exports_have_the_structure_of_harmless_ones(text):
    for exported, harmless in zip(exports(text), exports(HARMLESS), strict=True):
        assert structure(exported) == structure(harmless)
        assert is_shown(exported)


@each_mark
@given(foreign)
@settings(max_examples=EXAMPLES)
def test_exported_text_reads_as_it_was(text):
    escaped = escape_markdown(text)
    tokens = MarkdownIt("commonmark").parseInline(escaped)[0].children or []
    assert "".join(token.content for token in tokens).replace(JOINER, "") == clean(text)


@pytest.mark.parametrize(
    "sign", ["$x$", "%%x%%", "==x==", "~~x~~", "#tag", "{{x}}", "^[x]", "&lt;", "<!channel>"]
)
def test_no_sign_of_an_export_is_left_bare(sign):
    escaped = escape_markdown(f"a {sign} b")
    assert not re.search(r"(?<!\\)[$%=~#{}^&<>\[\]]", escaped.replace("\\\\", ""))


@pytest.mark.parametrize(
    "text",
    ["http://evil.example", "www.evil.example", "me@evil.example", "@channel", ":smile: x",
     "HTTPS://evil.example"],
)  # fmt: skip
def test_addresses_and_mentions_are_broken_where_programs_look_for_them(text):
    escaped = escape_markdown(text)
    assert JOINER in escaped
    assert not re.search(r"https?://|www\.|(?<!\w)@\w|@evil\.|:smile:", escaped, re.IGNORECASE)


def test_ordinary_text_is_exported_as_it_is():
    plain = "Why float32? In 2022, pass@k was 0.5; it costs a lot (see lecture 5): “yes” – no."
    assert escape_markdown(plain) == plain


def table_of(text: str) -> str:
    row = VideoRow(hit(text).video, models=(text,), source=text, cause=text, cure=text)
    console = PlainConsole(file=io.StringIO(), width=4000, force_terminal=True)
    console.print(table([row]), text)
    return re.sub(r"\x1b\[[0-9;]*m", "", console.file.getvalue())


@each_mark
@given(foreign)
@settings(max_examples=EXAMPLES)
def test_closing_table_and_remarks_show_foreign_text_as_it_is(text):
    printed = table_of(text)
    assert is_shown(printed)
    wanted = "".join(clean(text).split())
    assert "".join(printed.split()).count(wanted) >= 4


@each_mark
@given(foreign)
@settings(max_examples=EXAMPLES)
def test_progress_bar_shows_foreign_text_as_it_is(text):
    with progress_bar() as progress:
        number = progress.add_task(text, total=3)
        column, task = progress.columns[0], progress.tasks[number]
    assert column.render(task).plain == clean(text)


def test_file_gets_a_line_every_few_seconds_whatever_an_ingest_does(monkeypatch, capsys):
    monkeypatch.setattr("ingest.remarks.LINE_EVERY", 0.05)

    def lines_of(seconds=0.3):
        capsys.readouterr()
        time.sleep(seconds)
        return capsys.readouterr().err.splitlines()

    with reported():
        with remarks.status("Reading captions", step="read"):
            said = lines_of()
        assert len(said) >= 2
        assert set(said) == {"Reading captions: 0:00 so far"}
        with progress_bar() as progress:
            assert progress.disable  # stderr is no terminal here
            number = progress.add_task("Encoding", total=9000, step="encode")
            progress.advance(number, 0)
            progress.advance(number, 1)
            assert set(lines_of()) == {"Encoding: 1 of 9,000"}  # too early for a time
            progress.advance(number, 3000)
            said = lines_of()
            assert len(said) >= 2
            assert all(re.fullmatch(r"Encoding: 3,001 of 9,000, 0:0\d left", one) for one in said)
        with contextlib.redirect_stderr(io.StringIO()):  # as the export of an encoder does
            said = lines_of()
        assert len(said) >= 2
    assert not lines_of()


@each_mark
@given(foreign)
@settings(max_examples=EXAMPLES)
def test_transcripts_of_every_format_have_the_lines_of_harmless_ones(text):
    for form in FORMATS:
        printed = transcript(text, form)
        assert printed.count("\n") == transcript(HARMLESS, form).count("\n")
        assert is_shown(printed)


@each_mark
@given(foreign)
@settings(max_examples=EXAMPLES)
def test_tools_of_the_mcp_server_return_visible_characters(text):
    found = {"hits": [hit_json(hit(text))], "answer": answer_json(answer(text))}
    sound = SimpleNamespace(damage=None)
    said = json.dumps(result(sound, found), ensure_ascii=False)
    assert is_shown(said)


@pytest.mark.parametrize("text", [f"word {mark}" for mark in MARKS])
def test_report_and_sidecars_on_disk_take_every_text(text, tmp_path):
    row = VideoRow(hit(text).video, models=(text,), source=text, cause=text, cure=text)
    write_report(tmp_path, [row])
    (written,) = json.loads((tmp_path / REPORT).read_bytes())
    for said in (written["title"], written["cause"], written["what_to_do"], *written["notes_by"]):
        assert said == printable(text)
    name = "abcdefghijk.en.srt"
    origin = Origin("abcdefghijk", "local", name, "en", title=text, about=text,
                    chapters=((0.0, text),))  # fmt: skip
    store_track(tmp_path / "captions", RawTrack(origin, b"cues"))
    again = stored_tracks(tmp_path / "captions")["abcdefghijk"].origin
    assert again.title == again.about == again.chapters[0][1] == printable(text)


class Full(io.StringIO):
    """A stream on a full disk."""

    def flush(self):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_full_stdout_is_one_sentence_and_full_stderr_is_nothing(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Full())
    with pytest.raises(OutputError, match="No space left on device"):
        out("lines")
    with pytest.raises(OutputError, match="No space left on device"):
        show("lines")
    monkeypatch.setattr(sys, "stderr", Full())
    out("lines", err=True)
    remarks.print("lines")


def test_closed_stdout_is_one_sentence(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    for printing in (out, show):
        with pytest.raises(OutputError, match=r"closed|descriptor"):
            printing("lines")


@pytest.mark.parametrize("encoding", ["cp932", "cp1252", "utf-8"])
def test_every_text_is_written_in_every_encoding(monkeypatch, encoding):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    prepare()
    for text in MARKS:
        for printed in shown(text):
            out(printed)
        show(table([VideoRow(hit(text).video, cause=text)]))
    assert stream.buffer.getvalue().decode(encoding)


@pytest.mark.parametrize("encoding", ["cp932", "cp1252", "utf-8"])
def test_printed_markdown_keeps_addresses_broken_up_in_every_encoding(monkeypatch, encoding):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    prepare()
    for text in exports("https://evil.example www.evil.example @channel"):
        out(text, markdown=True)
    printed = stream.buffer.getvalue().decode(encoding)
    assert "evil.example" in printed
    assert not re.search(r"https?://evil|www\.evil|@channel", printed)
