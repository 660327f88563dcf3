"""log.py: a line for each question and each step of an ingest, if enabled."""

import json
import stat
import threading

import pytest
from conftest import run_here

from cs25search import log
from cs25search.errors import QuestionError

WHY = "Why does the router need float32?"


def lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_nothing_is_logged_unless_asked_for(index, monkeypatch, tmp_path, capfd):
    monkeypatch.delenv("CS25_LOG", raising=False)
    monkeypatch.chdir(tmp_path)
    index.search(WHY)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_a_question_is_a_line_without_its_words(index, monkeypatch, tmp_path):
    path = tmp_path / "log.jsonl"
    monkeypatch.setenv("CS25_LOG", str(path))
    monkeypatch.setattr(index, "endpoint", None)
    index.search(WHY, 3)
    index.answer(WHY)
    with pytest.raises(QuestionError):
        index.search(" ")
    found = lines(path)
    assert [one["event"] for one in found] == ["search", "answer", "search"]
    assert found[0]["hits"] == 3
    assert found[1]["status"] == "answered"
    assert found[2]["error"] == "QuestionError"
    for one in found:
        assert one["generation"] == index.generation.manifest.generation
        assert one["ms"] >= 0 and one["time"].endswith("+00:00")
    assert "router" not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    monkeypatch.setenv("CS25_LOG_QUESTIONS", "1")
    index.search("注意機構は\n何ですか")
    assert lines(path)[-1]["question"] == "注意機構は\n何ですか"


def test_lines_of_many_threads_do_not_mix(monkeypatch, tmp_path):
    path = tmp_path / "log.jsonl"
    monkeypatch.setenv("CS25_LOG", str(path))
    threads = [
        threading.Thread(target=lambda: [log.write("x", text="y" * 500) for _ in range(50)])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lines(path)) == 400


def test_a_log_that_cannot_be_written_stops_no_question(index, monkeypatch, tmp_path):
    monkeypatch.setenv("CS25_LOG", str(tmp_path / "none" / "log.jsonl"))
    with pytest.warns(UserWarning, match="logging is off"):
        assert index.search(WHY)


def test_an_ingest_logs_its_steps(index_copy, tmp_path):
    path = tmp_path / "log.jsonl"
    done = run_here("ingest", "--offline", "--index", index_copy, CS25_LOG=str(path))
    assert done.returncode == 0, done.stderr
    steps = [one["step"] for one in lines(path)]
    assert steps == ["take_in", "prepare_encoder", "update", "ingest"]
    assert all(one["error"] is None for one in lines(path))
