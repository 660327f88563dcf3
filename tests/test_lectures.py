"""Advice on which lecture to watch for a goal."""

import json

import pytest
from conftest import run


@pytest.mark.parametrize(
    ("goal", "lecture"),
    [
        ("Which lecture should I watch for offline RL?", 4),
        ("speech and music", 10),
        ("I work with tables, like on Kaggle", 7),
        ("code generation", 2),
        ("one model for any input", 6),
        ("part-whole hierarchies", 8),
        ("音声に興味があるのでどの講義を見ればいい？", 10),
        ("ロボット制御に役立つ講義は？", 4),
        ("コード生成を勉強したい。最初に見るべき回はどれ？", 2),
        ("Which lecture should I watch for image recognition?", 3),
    ],
)
def test_goal_leads_to_its_lecture(index, goal, lecture):
    advice = index.advise(goal)
    assert advice[0].lecture.number == lecture
    assert advice[0].hits[0].video.lecture == lecture
    assert 0 < sum(one.share for one in advice) <= 1.0001


@pytest.mark.parametrize("goal", ["pizza", "football", "ピザ", "quantum chemistry"])
def test_no_lecture_is_advised_where_none_fits(index, goal):
    assert index.advise(goal) == []


def test_command_says_that_no_lecture_fits(index_dir):
    done = run("cs25search", "lectures", "--for", "pizza", "--index", index_dir)
    assert (done.returncode, done.stdout) == (1, "")
    assert "No lecture fits 'pizza'" in done.stderr


def test_command_gives_verdict_time_and_first_moment(index_dir):
    done = run("cs25search", "lectures", "--for", "offline RL", "--index", index_dir)
    assert done.returncode == 0
    for part in ("Universal Compute Engines", "https://youtu.be/w4Bw8WYL8Ps?t=", "Read first?"):
        assert part in done.stdout
    done = run("cs25search", "lectures", "--for", "offline RL", "--json", "--index", index_dir)
    first = json.loads(done.stdout)["lectures"][0]
    assert first["lecture"] == 4
    assert first["hits"][0]["lecture"] == 4


@pytest.mark.parametrize(
    ("topic", "frames"),
    [
        (
            "robot control",
            ["Which lecture should I watch for {}?", "What is the best lecture on {}?",
             "I want to learn about {}, which talk is best?", "Is there a lecture about {}?"],
        ),
        (
            "ロボット制御",
            ["{}に役立つ講義は？", "{}について学ぶならどの講義を見ればいい？", "{}の講義はどれ？",
             "{}に興味があるのでおすすめの講義を教えて"],
        ),
    ],
)  # fmt: skip
def test_words_that_ask_for_a_lecture_move_no_moment(index, topic, frames):
    plain = index.search(topic)
    assert plain[0].video.lecture == 4
    for frame in frames:
        asked = index.search(frame.format(topic))
        assert [hit.chunk.chunk_id for hit in asked] == [hit.chunk.chunk_id for hit in plain]
        assert index.answer(frame.format(topic)).citations[0].lecture == 4
