"""The console program, run as a process: JSON contract, exit codes, errors."""

import json
from pathlib import Path

import pytest
from conftest import DATA, run

from cs25search.index.generation import FORMAT

QUESTION = "Why does the router need float32?"


def cs25search(*arguments, index_dir: Path | str = "", **environment):
    return run("cs25search", *arguments, CS25_INDEX=str(index_dir), **environment)


def test_search_json_keeps_its_contract(index_dir):
    done = cs25search("search", QUESTION, "--json", "-k", "3", index_dir=index_dir)
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert list(answer) == ["query", "hits", "generation"]
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
    assert list(hit["slide"]) == ["number", "title", "summary", "url"]


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
        assert "python -m ingest" in done.stderr


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
