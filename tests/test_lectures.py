"""Which lecture to watch for a goal, by the command and by the library."""

import json

import pytest
from conftest import run_here

from cs25search.formats import guide_json


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
    first = index.guide(goal).picks[0]
    assert first.lecture.number == lecture
    assert {one.video_id for one in first.moments} <= {first.lecture.video_id}


@pytest.mark.parametrize("goal", ["pizza", "football", "ピザ", "quantum chemistry"])
def test_no_lecture_is_chosen_where_none_fits(index, goal):
    assert index.guide(goal).picks == ()


def test_command_says_that_no_lecture_fits(index_dir):
    done = run_here("cs25search", "lectures", "--for", "pizza", "--index", index_dir)
    assert (done.returncode, done.stdout) == (1, "")
    assert "No lecture fits 'pizza'" in done.stderr


@pytest.mark.parametrize(
    ("goal", "parts"),
    [
        ("I work on images", ["Lecture 3: ", "A good choice for this.", "Before watching: "]),
        ("画像認識をやっている", ["第3回：", "この目的に合う回です。", "視聴の前に："]),
        ("scaling laws", ["Lecture 5: ", "of the lecture is about this.", "Begin at "]),
    ],
)
def test_command_gives_the_words_of_the_guide(index_dir, index, goal, parts):
    done = run_here("cs25search", "lectures", "--for", goal, "--index", index_dir)
    assert done.returncode == 0
    guide = index.guide(goal)
    begin = f"https://youtu.be/{guide.picks[0].lecture.video_id}?t={int(guide.picks[0].begin)}"
    for part in [*parts, begin]:
        assert part in done.stdout
    done = run_here("cs25search", "lectures", "--for", goal, "--json", "--index", index_dir)
    assert json.loads(done.stdout) == json.loads(json.dumps(guide_json(guide, goal)))


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
