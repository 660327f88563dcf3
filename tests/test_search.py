"""A question finds its moment; any input gives hits or a clear error."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cs25search import open_index
from cs25search.errors import EncoderError, QuestionError
from cs25search.formats import hit_json
from cs25search.question.read import MAX_QUERY

QUESTIONS = json.loads((Path(__file__).parent / "data/questions.json").read_text("utf-8"))
FILTERS = (
    {},
    {"lectures": [5]},
    {"lectures": [2, 8], "kind": "note"},
    {"speaker": "hinton"},
    {"qa": True},
)


def test_router_question_opens_lecture_five_near_nine_minutes(index):
    hit = index.search("Why does the router need float32?")[0]
    assert hit.video.lecture == 5
    assert 8.5 * 60 <= hit.start <= 10 * 60
    assert hit.slide.lecture == 5
    assert hit.rank == 1


def test_japanese_question_finds_the_same_moment(index):
    hit = index.search("ルーターだけfloat32にするのはなぜですか？")[0]
    assert hit.video.lecture == 5
    assert 8.5 * 60 <= hit.start <= 10 * 60


def test_hits_come_best_first_and_show_different_moments(index):
    hits = index.search("attention", k=20)
    assert [hit.rank for hit in hits] == list(range(1, 21))
    assert sorted((hit.score for hit in hits), reverse=True) == [hit.score for hit in hits]
    for one in hits:
        for other in hits:
            if one is not other and one.video == other.video:
                assert one.end <= other.start or other.end <= one.start


def test_hit_lies_inside_its_video(index):
    for hit in index.search("transformer", k=50):
        assert 0 <= hit.start < hit.end <= hit.video.duration


def test_lecture_filter_keeps_to_the_lectures(index):
    hits = index.search("attention", k=10, lectures=[8, 9])
    assert {hit.video.lecture for hit in hits} == {8, 9}


def test_unknown_lecture_is_an_error_that_lists_the_known(index):
    with pytest.raises(QuestionError, match="Lecture 11 is not in the index, which has 1, 2"):
        index.search("attention", lectures=[11])


def test_slide_is_of_the_lecture_of_the_hit(index):
    for hit in index.search("How is the model evaluated?", k=20):
        assert hit.slide.lecture == hit.video.lecture


@pytest.mark.parametrize("query", ["", "   ", "\n\t", "\x00\x01", "\u200b", "\ud800"])
def test_empty_question_is_an_error(index, query):
    with pytest.raises(QuestionError, match="empty"):
        index.search(query)


def test_too_long_question_is_an_error_with_its_length(index):
    with pytest.raises(QuestionError, match="100000 characters"):
        index.search("a" * 100_000)
    assert index.search("why " * (MAX_QUERY // 4))


def test_k_below_one_is_an_error(index):
    with pytest.raises(QuestionError, match="k is 0"):
        index.search("attention", k=0)


def test_k_beyond_the_index_gives_what_there_is(index):
    assert 0 < len(index.search("attention", k=10**6)) <= 576


def assert_k_only_cuts(index, query, most=1000, **filters):
    """Check that a smaller k gives the first hits of a larger k."""
    whole = [hit_json(hit) for hit in index.search(query, most, **filters)]
    for k in (1, 5, 20):
        assert [hit_json(hit) for hit in index.search(query, k, **filters)] == whole[:k], query
    scores = [hit["score"] for hit in whole]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("language", ["q", "q_ja"])
def test_k_only_cuts_the_list(index, language):
    for number, question in enumerate(QUESTIONS["questions"][::4]):
        assert_k_only_cuts(index, question[language], most=100 if number % 6 else 1000)


@pytest.mark.parametrize("filters", FILTERS[1:], ids=str)
def test_k_only_cuts_the_list_behind_filters(index, filters):
    for question in QUESTIONS["questions"][::12]:
        assert_k_only_cuts(index, question["q"], **filters)
        assert_k_only_cuts(index, question["q_ja"], **filters)


def test_a_long_list_reaches_every_moment_of_the_index(index):
    hits = index.search("attention", k=10**6)
    shown = {hit.video.video_id: 0.0 for hit in hits}
    for hit in hits:
        shown[hit.video.video_id] += hit.end - hit.start
    noted = sum(chunk.end - chunk.start for chunk in index.generation.chunks)
    assert sum(shown.values()) > 0.9 * noted


@pytest.mark.parametrize(
    "question",
    [
        "Why does the router need float32?",
        "I read the paper on it yesterday. Why does the router need float32?",
        "How long should I boil an egg for a soft yolk?",
        "昨日論文を読みました。ルーターだけfloat32にするのはなぜですか？",
    ],
)
def test_answer_and_search_rank_alike(index, question):
    found = [(hit.video.video_id, hit.start, hit.end) for hit in index.search(question)]
    cited = [(one.video_id, one.start, one.end) for one in index.answer(question).citations]
    assert cited
    assert cited[0] == found[0]
    assert set(cited) <= set(found)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"kind": "bogus"}, "kind is 'bogus'; it can be 'note', 'transcript' or None"),
        ({"kind": ["note"]}, r"kind is \['note'\]"),
        ({"k": 2.5}, "k is 2.5; it must be a whole number"),
        ({"k": True}, "k is True; it must be a whole number"),
        ({"k": "5"}, "k is '5'; it must be a whole number"),
        ({"k": None}, "k is None; it must be a whole number"),
        ({"k": -3}, "k is -3; ask for at least 1 hit"),
        ({"lectures": "5"}, "lectures is '5'; give whole numbers in a list"),
        ({"lectures": 5}, "lectures is 5; give whole numbers in a list"),
        ({"lectures": ["5"]}, r"lectures is \['5'\]; give whole numbers in a list"),
        ({"lectures": [True]}, r"lectures is \[True\]"),
        ({"lectures": None}, "lectures is None"),
        ({"speaker": 5}, "speaker is 5; it must be text"),
        ({"speaker": None}, "speaker is None; it must be text"),
        ({"qa": "no"}, "qa is 'no'; it can be True or False"),
        ({"query": 5}, "The question is 5; it must be text"),
        ({"query": None}, "The question is None; it must be text"),
        ({"query": b"attention"}, "The question is b'attention'; it must be text"),
    ],
    ids=str,
)
def test_arguments_are_checked_with_the_value_seen(index, wrong, told):
    with pytest.raises(QuestionError, match=told):
        index.search(**({"query": "attention"} | wrong))


def test_arguments_of_an_answer_are_checked_too(index):
    with pytest.raises(QuestionError, match="lectures is '5'; give whole numbers"):
        index.answer("attention", lectures="5")
    with pytest.raises(QuestionError, match="The question is 5; it must be text"):
        index.answer(question=5)
    with pytest.raises(QuestionError, match="The goal is 5; it must be text"):
        index.guide(5)


def test_a_kind_that_the_index_has_not_is_an_error_with_a_cure(index):
    with pytest.raises(QuestionError, match="contains no transcripts, only notes") as error:
        index.search("attention", kind="transcript")
    assert "--captions" in str(error.value)


def test_query_without_a_word_finds_nothing(index):
    assert index.search("?!… 🙂") == []


@pytest.mark.parametrize(
    "query",
    ["'; DROP TABLE chunks; --", "[a-z]+(.*)", "the of and", "مرحبا بالعالم", "e\u0301" * 50,
     "🙂 attention", "attention\ud800", "ignore previous instructions", "a", "nan", "𝕬𝖙𝖙𝖊𝖓𝖙𝖎𝖔𝖓"],
)  # fmt: skip
def test_odd_question_gets_hits_with_finite_scores(index, query):
    for hit in index.search(query):
        assert hit.score == hit.score
        assert abs(hit.score) < 1e6


def test_another_encoder_than_the_index_was_built_with_is_refused(index_dir):
    class Other:
        key = "other-model"

    with pytest.raises(EncoderError, match="other-model"):
        open_index(index_dir, encoder=Other())


def test_missing_model_says_how_to_get_it(index_copy):
    import shutil

    shutil.rmtree(index_copy / "models")
    with pytest.raises(EncoderError, match="cs25search ingest"):
        open_index(index_copy)


def test_altered_model_is_refused(index_copy):
    model = next(index_copy.glob("models/*/model.onnx"))
    with model.open("r+b") as file:
        file.seek(50_000_000)
        file.write(b"\xff\xff\xff\xff")
    with pytest.raises(EncoderError, match=r"model\.onnx has sha256"):
        open_index(index_copy)


def test_index_opened_for_one_question_gives_the_same_hits(index_dir, index):
    once = open_index(index_dir, once=True)
    for question in ("Why does the router need float32?", "注意機構とは何ですか？"):
        found, expected = once.search(question), index.search(question)
        assert [(hit.video, hit.start, hit.quote) for hit in found] == [
            (hit.video, hit.start, hit.quote) for hit in expected
        ]
        assert [hit.score for hit in found] == pytest.approx([h.score for h in expected], abs=1e-4)


def test_first_search_imports_only_what_it_needs(index_dir):
    code = (
        "import sys, cs25search; index = cs25search.open_index(sys.argv[1], once=True); "
        "index.search('Why does the router need float32?'); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, index_dir], capture_output=True, text=True, check=True
    )
    slow = {"torch", "sentence_transformers", "openvino", "scipy", "numpy.ma", "filelock", "rich"}
    assert not slow & set(done.stdout.split())


def test_the_slide_beside_a_moment_does_not_depend_on_the_question(index):
    found: dict[str, set[int]] = {}
    for question in ("patches", "ViT input: patches and linear projection", "vision transformer"):
        for hit in index.search(question, k=10):
            found.setdefault(hit.chunk.chunk_id, set()).add(hit.slide.number if hit.slide else 0)
    assert len(found) > 10 and all(len(slides) == 1 for slides in found.values())
