"""The console program: JSON contract, exit codes, errors."""

import json
import re
import sys
from pathlib import Path

import pytest
from conftest import DATA, run, run_here

from cs25search.index.generation import FORMAT

QUESTION = "Why does the router need float32?"


def cs25search(*arguments, index_dir: Path | str = "", program=run_here):
    return program("cs25search", *arguments, CS25_INDEX=str(index_dir))


def test_search_json_keeps_its_contract(index_dir):
    done = cs25search("search", QUESTION, "--json", "-k", "3", index_dir=index_dir, program=run)
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert list(answer) == ["query", "hits", "generation", "language", "fits"]
    assert (answer["language"], answer["fits"]) == ("en", True)
    assert answer["query"] == QUESTION
    assert answer["generation"] == (index_dir / "CURRENT").read_text().strip()
    assert len(answer["hits"]) == 3
    hit = answer["hits"][0]
    assert list(hit) == [
        "rank", "score", "video_id", "lecture", "title", "start", "end", "time", "quote", "kind",
        "url", "slide", "title_ja", "note", "speakers",
    ]  # fmt: skip
    assert (hit["rank"], hit["lecture"], hit["video_id"]) == (1, 5, "U8J32Z3qV8s")
    assert isinstance(hit["start"], float)
    assert hit["url"] == f"https://youtu.be/U8J32Z3qV8s?t={int(hit['start'])}"
    assert hit["kind"] == "note"
    assert list(hit["slide"]) == [
        "number", "title", "summary", "url", "title_ja", "summary_ja"
    ]  # fmt: skip
    assert list(hit["note"]) == ["title", "text", "title_ja", "text_ja"]


def test_search_text_shows_time_link_quote_and_slide(index_dir):
    done = cs25search("search", QUESTION, "--index", index_dir)
    assert done.returncode == 0
    for part in (
        "Lecture 5: Scaling transformers",
        "https://youtu.be/U8J32Z3qV8s?t=",
        "Study note: ",
        "Slide",
    ):
        assert part in done.stdout
    assert "“" not in done.stdout  # nothing here was said: there are no captions


def test_lecture_option_filters(index_dir):
    done = cs25search(
        "search", "attention", "--lecture", "8", "--lecture", "9", "--json", index_dir=index_dir
    )
    assert {hit["lecture"] for hit in json.loads(done.stdout)["hits"]} <= {8, 9}


def test_no_hit_is_exit_one_with_empty_json(index_dir):
    done = cs25search("search", "?!", "--json", index_dir=index_dir)
    assert done.returncode == 1
    answer = json.loads(done.stdout)
    assert (answer["query"], answer["hits"]) == ("?!", [])
    assert "Nothing found" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("search",),
        ("search", ""),
        ("search", "attention", "-k", "0"),
        ("search", "attention", "-k", "many"),
        ("search", "attention", "--lecture", "99"),
        ("search", "attention", "--no-such-option"),
        ("eval", "no-such-file.json"),
        ("eval", str(Path(__file__))),
        ("no-such-command",),
    ],
)
def test_wrong_usage_is_exit_two_with_one_message(index_dir, arguments):
    done = cs25search(*arguments, index_dir=index_dir)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Error" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_index_is_exit_two_and_says_what_to_do(tmp_path):
    for command in (["search", "attention"], ["info"], ["eval", DATA / "questions.json"]):
        done = cs25search(*command, index_dir=tmp_path)
        assert done.returncode == 2
        assert "cs25search ingest" in done.stderr


def test_lectures_and_slides_list_the_deck():
    lectures = json.loads(cs25search("lectures", "--json").stdout)["lectures"]
    assert [lecture["number"] for lecture in lectures] == list(range(1, 11))
    assert len(json.loads(cs25search("slides", "--json").stdout)["slides"]) == 33
    assert "★ Scaling transformers" in cs25search("lectures").stdout
    assert "?slide=18" in cs25search("slides").stdout


def test_slides_of_an_index_are_those_it_was_built_with(index_dir):
    shown = json.loads(cs25search("slides", "--json", "--index", index_dir).stdout)["slides"]
    assert [slide["number"] for slide in shown] == list(range(1, 34))


def test_info_tells_model_counts_and_date(index_dir):
    facts = json.loads(cs25search("info", "--json", index_dir=index_dir).stdout)
    assert facts["counts"]["notes"] == 576
    assert facts["index"] == str(index_dir)
    assert facts["format"] == FORMAT
    assert facts["bytes"] == sum(one["size"] for one in facts["files"].values())
    assert facts["model"] == "sentence-transformers/all-MiniLM-L6-v2"
    text = cs25search("info", index_dir=index_dir).stdout
    assert facts["created"] in text
    assert "576" in text


@pytest.mark.parametrize("language", ["en", "ja"])
def test_eval_json_gives_metrics_and_ten_hits_a_question(index_dir, tmp_path, language):
    questions = json.loads((DATA / "questions.json").read_text("utf-8"))
    questions["questions"] = questions["questions"][:4]
    file = tmp_path / "questions.json"
    file.write_text(json.dumps(questions), "utf-8")
    done = cs25search("eval", file, "--lang", language, "--json", index_dir=index_dir)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert 0 <= result["metrics"]["success@1"] <= result["metrics"]["success@5"] <= 1
    assert [entry["id"] for entry in result["questions"]] == ["01-01", "01-03", "01-05", "01-07"]
    for entry in result["questions"]:
        assert len(entry["hits"]) == 10
        assert list(entry["hits"][0]) == ["rank", "video_id", "start", "end", "score"]


def test_eval_names_the_field_that_is_missing(index_dir, tmp_path):
    file = tmp_path / "questions.json"
    file.write_text('{"questions": [{"id": "1", "q": "attention", "video_id": "x", "start": 1}]}')
    done = cs25search("eval", file, index_dir=index_dir)
    assert done.returncode == 2
    assert "missing required field `end`" in done.stderr


def test_search_and_ask_take_the_same_options(index_dir):
    """One reader for both: an option of one is an option of the other."""
    from cs25search.cli import main

    options = [
        {name for one in main.commands[command].params for name in one.opts}
        for command in ("search", "ask")
    ]
    assert options[0] - options[1] == set()
    assert options[1] - options[0] == {"-i", "--interactive", "--markdown"}


@pytest.mark.parametrize("command", ["search", "ask"])
def test_words_need_no_quotes_and_filters_apply(index_dir, command):
    done = cs25search(
        command, "why", "does", "attention", "work", "--video", "9", "--speaker", "olah",
        "--kind", "note", "--json", index_dir=index_dir,
    )  # fmt: skip
    found = json.loads(done.stdout)
    moments = found["hits" if command == "search" else "citations"]
    assert {one["lecture"] for one in moments} == {9}


def test_question_is_read_from_stdin(index_dir):
    import subprocess

    done = subprocess.run(
        [sys.executable, "-m", "cs25search", "search", "-", "-k", "1", "--json", "--index",
         str(index_dir)],
        input=f"{QUESTION}\n", capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert json.loads(done.stdout)["query"] == QUESTION


def test_moments_without_an_answer_are_as_many_as_asked_for(index_dir):
    done = cs25search("ask", "What is DALL-E 2?", "-k", "5", "--json", index_dir=index_dir)
    assert len(json.loads(done.stdout)["citations"]) == 5


def test_japanese_question_gets_japanese_titles_notes_and_slides(index_dir):
    asked = "ルーターにfloat32が必要なのはなぜ"
    for arguments in (("search", asked), ("ask", asked), ("ask", asked, "--markdown")):
        shown = cs25search(*arguments, "-k", "1", index_dir=index_dir).stdout
        assert "第5回：Transformerのスケーリング" in shown
        assert "学習メモ" in shown and "Study note" not in shown
    english = cs25search("search", asked, "--lang", "en", "-k", "1", index_dir=index_dir).stdout
    assert "Lecture 5: Scaling transformers" in english and "Study note" in english
    found = json.loads(cs25search("ask", asked, "--json", index_dir=index_dir).stdout)
    assert found["language"] == "ja"
    assert found["citations"][0]["title_ja"] == "Transformerのスケーリング"


@pytest.mark.parametrize("nonsense", ["asdf qwertz", "best pizza recipe", "ほげぽよ"])
def test_nonsense_is_said_to_fit_nothing(index_dir, nonsense):
    done = cs25search("search", nonsense, index_dir=index_dir)
    assert done.returncode == 1
    cure = "別の言葉で試してください。" if nonsense == "ほげぽよ" else "Try other words."
    assert cure in done.stderr


def test_summary_and_slides_of_a_lecture(index_dir):
    shown = cs25search("summary", "5", index_dir=index_dir).stdout
    assert shown.startswith("Lecture 5: Scaling transformers (1:05")
    assert "https://youtu.be/U8J32Z3qV8s?t=300" in shown
    found = json.loads(cs25search("summary", "5", "--json", index_dir=index_dir).stdout)
    assert found["outline"][0]["title_ja"]
    missing = cs25search("summary", "40", index_dir=index_dir)
    assert missing.returncode == 2
    assert "lectures with one: 1, 2, 3" in missing.stderr
    slides = cs25search("slides", "--lecture", "5", "--full").stdout
    assert slides.startswith("17 Lecture 5 topics") and "\n     - " in slides
    assert cs25search("slides", "--lecture", "40").returncode == 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(shell):
    assert "_CS25SEARCH_COMPLETE" in cs25search("completion", shell).stdout


def in_terminal(*arguments, **environment):
    """Return what a program prints on a terminal of 60 columns."""
    import os
    import pty
    import subprocess

    leader, follower = pty.openpty()
    settings = {"TERM": "xterm-256color", "COLUMNS": "60", "PYTHONUTF8": "1", "NO_COLOR": ""}
    with subprocess.Popen(
        [sys.executable, "-m", "cs25search", *map(str, arguments)], stdout=follower,
        env=os.environ | settings | environment,
    ):  # fmt: skip
        os.close(follower)
        printed = b""
        while True:
            try:
                piece = os.read(leader, 65536)
            except OSError:  # Linux reports the end of a terminal as an error
                break
            if not piece:
                break
            printed += piece
    os.close(leader)
    return printed.decode().replace("\r\n", "\n")


@pytest.mark.skipif(sys.platform == "win32", reason="has no pty")
def test_terminal_output_is_wrapped_coloured_marked_and_linked(index_dir):
    shown = in_terminal("search", QUESTION, "-k", "1", "--index", index_dir)
    assert "\x1b]8;" in shown and ";https://youtu.be/U8J32Z3qV8s?t=582" in shown
    assert "youtu.be/U8J32Z3qV8s?t=582\x1b" in shown  # the short link is the text of the link
    assert "\x1b[1;33mrouter" in shown
    visible = re.sub(r"\x1b\]8;.*?\x1b\\|\x1b\[[\d;]*m", "", shown)
    assert max(len(line) for line in visible.splitlines()) <= 60
    assert "\n   Study note: " in visible
    plain = in_terminal("search", QUESTION, "-k", "1", "--index", index_dir, NO_COLOR="1")
    assert "\x1b" not in plain and "https://youtu.be/U8J32Z3qV8s?t=582" in plain


def test_pipe_gets_no_terminal_codes(index_dir):
    assert "\x1b" not in cs25search("ask", QUESTION, index_dir=index_dir, program=run).stdout
