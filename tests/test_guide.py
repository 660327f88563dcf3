"""What the guide says for goals as people type them, in both languages."""

import pytest
from msgspec.structs import replace

from cs25search.answers.guide import END, aspect_of, pick_of, time_of
from cs25search.formats import verdict
from cs25search.ranking.lectures import RankedLecture
from cs25search.records import Chunk, Guide, Hit, Lecture, Pick

LECTURE = Lecture(1, "Bread", "abcdefghijk", duration=3000, in_a_word="Yeast", in_a_word_ja="酵母")

CHUNK = Chunk("abcdefghijk:5t", "abcdefghijk", 5, 25, "Yeast makes gas.", "transcript")


def numbers(guide: Guide) -> list[int]:
    return [pick.lecture.number for pick in guide.picks]


@pytest.mark.parametrize(
    ("goal", "first"),
    [
        ("I do vision", 3), ("画像認識をやっている", 3), ("I work on robotics", 4), ("ロボット", 4),
        ("offline RL", 4), ("強化学習", 4), ("speech recognition", 10), ("音声認識", 10),
        ("I write code with Copilot", 2), ("tabular data", 7), ("Kaggle", 7), ("表データ", 7),
        ("I'm a PhD student working on interpretability", 9), ("解釈可能性", 9),
        ("how do I train bigger models cheaply", 5), ("大規模モデルの学習を安くしたい", 5),
        ("neuroscience", 8), ("multimodal", 6), ("I want to understand attention", 1),
        ("I am a beginner", 1), ("初心者です", 1), ("new to transformers", 1), ("入門", 1),
        ("where do I start", 1), ("short on time", 1), ("時間がない", 1),
        ("I have only 30 minutes", 1), ("30分しかない", 1), ("good Q&A", 5),
        ("質疑応答が面白い講義", 5), ("おすすめの講義", 5), ("best lecture", 5), ("難しい回", 8),
    ],
)  # fmt: skip
def test_goal_leads_to_the_lecture_that_the_course_names_for_it(index, goal, first):
    guide = index.guide(goal)
    assert numbers(guide)[0] == first and guide.fact is not None
    assert 1 <= len(guide.picks) <= 3


@pytest.mark.parametrize(
    ("goal", "lecture"), [("scaling laws", 5), ("GPT-3", 2), ("GLOM", 8), ("音楽を作りたい", 10)]
)
def test_goal_that_the_course_says_nothing_about_leads_to_its_moments(index, goal, lecture):
    pick = index.guide(goal).picks[0]
    assert pick.lecture.number == lecture and pick.moments


@pytest.mark.parametrize(
    "goal",
    ["cooking", "料理", "asdf", "pizza", "drug discovery", "legal documents", "autonomous driving",
     "株価予測"],
)  # fmt: skip
def test_nothing_fits_where_nothing_does(index, goal):
    assert index.guide(goal) == Guide(None, ())


@pytest.mark.parametrize("goal", ["medical imaging", "医療画像"])
def test_what_no_lecture_is_about_gets_what_comes_nearest(index, goal):
    fact = index.guide(goal).fact
    assert "No lecture is about medical images" in fact.text and 3 in fact.lectures


@pytest.mark.parametrize("goal", ["mixture of experts", "distillation", "エキスパートの混合"])
def test_a_fact_that_recommends_no_lecture_is_no_advice(index, goal):
    fact = index.guide(goal).fact
    assert fact is None or fact.side != "about"


def test_what_is_only_mentioned_is_called_so(index):
    guide = index.guide("protein folding")
    assert {pick.fit for pick in guide.picks} == {"mention"} and guide.fact is None


@pytest.mark.parametrize(
    "goal", ["I do vision", "computer vision", "game AI", "language models", "time series"]
)
def test_nobody_has_to_begin_at_the_end(index, goal):
    for pick in index.guide(goal).picks:
        assert pick.begin < END * pick.lecture.duration
        assert all(one.start < END * pick.lecture.duration for one in pick.moments)


def test_lectures_of_good_discussions_begin_with_a_question(index):
    for pick in index.guide("good Q&A").picks:
        assert pick.moments and all(note.qa for note in pick.moments)
        assert pick.begin == pick.moments[0].start and pick.seconds > 600


def test_time_that_is_too_short_leads_to_the_shortest_lecture(index):
    (pick,) = index.guide("I have 20 minutes").picks
    assert pick.lecture.number == 1
    assert verdict(pick, 1200, "en").startswith("No lecture fits into 20 minutes.")
    assert all(one.lecture.duration < 3700 for one in index.guide("1時間で見られる回").picks)


@pytest.mark.parametrize(
    ("goal", "lectures"),
    [("I am a beginner and have 30 minutes", [1]), ("初心者で50分ある", [1, 2]),
     ("good Q&A, I have one hour", [6])],
)  # fmt: skip
def test_what_is_asked_for_is_chosen_among_what_fits_into_the_time(index, goal, lectures):
    assert numbers(index.guide(goal)) == lectures


@pytest.mark.parametrize(
    ("goal", "lecture", "time"),
    [("RL in 30 minutes", 4, 1800), ("30分で強化学習", 4, 1800),
     ("I do vision, 20 minutes", 3, 1200),
     ("scaling laws within 10 minutes", 5, 600), ("10分で音声認識", 10, 600)],
)  # fmt: skip
def test_a_topic_with_a_time_gets_the_part_that_fits(index, goal, lecture, time):
    guide = index.guide(goal)
    assert numbers(guide)[0] == lecture and guide.time == time
    for pick in guide.picks:
        assert pick.lecture.duration > time and pick.moments
        assert 0 < pick.end - pick.begin <= time
        assert all(pick.begin <= one.start < pick.end for one in pick.moments)
    said = verdict(guide.picks[0], time, "en")
    assert f"you have {time // 60}." in said and "The part of it that fits: " in said


def test_a_topic_with_time_for_the_whole_lecture_gets_it(index):
    for pick in index.guide("RL in 2 hours").picks:
        assert not pick.end and "you have 120." in verdict(pick, 7200, "en")


@pytest.mark.parametrize(
    ("goal", "aspect"),
    [("quick overview", "short"), ("easy one", "easy"), ("ざっと知りたい", "short"),
     ("I am a beginner and have 30 minutes", "beginner"), ("初心者で30分しかない", "beginner"),
     ("a quick overview for beginners", "beginner"), ("RL in 30 minutes", ""),
     ("recommender systems", ""), ("new to RL", ""), ("強化学習の入門", ""),
     ("visual question answering", ""), ("best practices for training", ""), ("???", "")],
)  # fmt: skip
def test_an_aspect_counts_only_without_a_topic(goal, aspect):
    assert aspect_of(goal) == aspect


def test_time_is_read_in_both_languages():
    assert time_of("2 hours") == time_of("２時間") == 7200
    assert time_of("GPT-3") == time_of("30 lectures") == 0


def test_a_short_lecture_needs_fewer_seconds():
    hit = Hit(LECTURE.video(), CHUNK, None, 5, 25, "", None, 1.0, 1)
    short = replace(LECTURE, duration=200)
    assert pick_of(RankedLecture(short, 1.0, 20.0, (hit,))).fit == "part"
    assert pick_of(RankedLecture(LECTURE, 1.0, 20.0, (hit,))).fit == "mention"
    assert pick_of(RankedLecture(short, 1.0, 90.0, (hit,))).fit == "whole"


def test_verdict_in_words():
    whole = Pick(LECTURE, "whole", 1200, 0, ())
    assert verdict(whole, 0, "en") == (
        "Much of the lecture is about this. "
        "About 20 of its 50 minutes deal with it directly. Yeast."
    )
    assert verdict(whole, 0, "ja") == (
        "この回の多くがこの話題です。全50分のうち約20分が直接この話題を扱います。酵母。"
    )
    in_time = Pick(LECTURE, "in_time", 0, 0, ())
    assert verdict(in_time, 3600, "en") == "Takes 50 minutes; you have 60."
    mention = Pick(Lecture(0, "Talk", "abcdefghijk"), "mention", 20, 5, ())
    assert verdict(mention, 0, "en") == "Only mentioned here."
