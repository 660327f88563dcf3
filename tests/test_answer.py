"""Answers: cited extracts, and refusals."""

import json
from functools import cache

import pytest
from conftest import DATA, run, run_here

from benchmarks.answers import measure_answers, measure_refusals
from cs25search import Cs25SearchError
from cs25search.answers.citations import build_citation
from cs25search.answers.findings import judge
from cs25search.answers.passages import Passage
from cs25search.formats import answer_json, answer_markdown
from cs25search.records import Chunk, Cue, Hit, Video

WHY = "Why does the router need float32?"


def test_every_sentence_is_cited_and_every_citation_opens_its_second(index):
    answer = index.answer(WHY)
    assert answer.status == "answered"
    assert 1 <= len(answer.sentences) <= 4
    numbers = [citation.n for citation in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    for sentence in answer.sentences:
        assert sentence.citations
        assert set(sentence.citations) <= set(numbers)
        assert sentence.text in answer.text
    first = answer.citations[0]
    assert (first.video_id, first.lecture) == ("U8J32Z3qV8s", 5)
    assert first.url == f"https://youtu.be/U8J32Z3qV8s?t={int(first.start)}"
    assert "round-off" in first.quote


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("How many parameters does GPT-3 have?", "GPT-3 has 175 billion parameters, "),
        ("In which year did Ellis and Morgan publish?", "1999. "),
        ("Who gives the talk on load balancing?", "Barret Zoph and Irwan Bello. "),
        (
            "Who gives the talk on GLOM?",
            "Lecture 8, GLOM: Representing part-whole hierarchies in a",
        ),
        ("誰がGLOMについて講義しましたか", "Geoffrey Hinton"),
        ("Which lecture explains the Perceiver?", "Lecture 6: Perceiver"),
        ("どの講義で負荷分散を説明していますか？", "第5回「"),
        ("どの講義でDecision Transformerを説明していますか？", "第4回（Aditya Grover）"),
    ],
)
def test_name_number_or_lecture_comes_first(notes_only, question, begins):
    answer = notes_only.answer(question)
    assert answer.text.startswith(begins)


def test_japanese_question_gets_japanese_note_sentences(notes_only):
    answer = notes_only.answer("ルーターだけfloat32にするのはなぜですか？")
    assert answer.status == "answered"
    note = next(
        chunk.text_ja
        for chunk in notes_only.generation.chunks
        if chunk.video_id == answer.citations[0].video_id
        and chunk.start <= answer.citations[0].start < chunk.end
    )
    assert answer.sentences[0].text.endswith(note.split("。")[0] + "。")


@pytest.mark.parametrize(
    "question",
    ["What is DALL·E 2?", "DALL-E 2の仕組みは？", "How was GPT-4 trained?", "What is ChatGPT?",
     "ChatGPTとは何ですか？", "How do I bake bread?", "🙂?!"],
)  # fmt: skip
def test_what_the_lectures_do_not_answer_is_not_made_up(index, question):
    answer = index.answer(question)
    assert answer.status == "not_in_lectures"
    assert answer.sentences == ()
    assert "[1]" not in answer.text


def test_nearest_moments_are_shown_beside_a_no(index):
    answer = index.answer("What is DALL·E 2?")
    assert len(answer.citations) == 3
    assert answer.citations[0].lecture == 2


def test_in_between_moments_are_shown_and_nothing_is_claimed(notes_only, monkeypatch):
    from cs25search.answers import findings as module
    from cs25search.answers.features import FEATURES
    from cs25search.answers.refusal import Logistic

    unsure = Logistic((0.0,) * len(FEATURES), 0.0, 0.4, 0.6)
    monkeypatch.setattr(module, "load_logistic", lambda language: unsure)
    answer = notes_only.answer(WHY)
    assert (answer.status, answer.sentences) == ("partly", ())
    assert len(answer.citations) == 3
    assert answer.text != notes_only.answer("What is DALL·E 2?").text


def test_lectures_filter_answers_too(index):
    answer = index.answer("What is attention?", lectures=[7])
    assert {citation.lecture for citation in answer.citations} == {7}
    with pytest.raises(Cs25SearchError, match="Lecture 99"):
        index.answer(WHY, lectures=[99])


def test_transcript_is_cited_with_its_own_words_and_a_narrow_range():
    cues = tuple(Cue(10.0 * i, 10.0 * i + 9, f"words number {i} are said here.") for i in range(5))
    video = Video("abcdefghijk", "Elsewhere", (), 60)
    chunk = Chunk("x/0", "abcdefghijk", 0, 60, " ".join(c.text for c in cues), "transcript",
                  cues=cues)  # fmt: skip
    hit = Hit(video, chunk, None, 0, 60, chunk.text, None, 1.0, 1)
    cited = [Passage(cues[3].text, 30.0, 39.0, 0, 3, 0.8)]
    citation = build_citation(1, hit, cited)
    assert (citation.start, citation.end, citation.quote) == (30.0, 39.0, cues[3].text)


def test_passages_of_a_note_are_its_sentences(index):
    findings = judge(index.searcher, index.find(WHY))
    best = [p for p in findings.passages if p.hit_index == 0]
    assert " ".join(p.text for p in best) == findings.found.hits[0].note.text
    assert all(0 <= p.score <= 1 for p in findings.passages)


def test_json_keeps_its_contract_and_stands_alone_on_stdout(index_dir):
    done = run("cs25search", "ask", WHY, "--json", CS25_INDEX=str(index_dir))
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert list(answer) == [
        "question", "status", "answer", "sentences", "citations", "model", "generation",
        "written_beforehand", "language",
    ]  # fmt: skip
    assert list(answer["sentences"][0]) == ["text", "citations"]
    assert list(answer["citations"][0]) == [
        "n", "video_id", "lecture", "start", "end", "time", "kind", "quote", "url", "slide",
        "title", "title_ja", "quote_ja",
    ]  # fmt: skip
    assert answer["model"] is None
    assert answer["status"] == "answered"


def test_ask_exit_codes(index_dir, tmp_path):
    def ask(*arguments):
        return run_here("cs25search", "ask", *arguments, CS25_INDEX=str(index_dir))

    no = ask("What is DALL·E 2?", "--json")
    assert no.returncode == 1
    assert json.loads(no.stdout)["status"] == "not_in_lectures"
    for wrong in (("",), (WHY, "--json", "--markdown"), (WHY, "--lecture", "99"),
                  (WHY, "--index", str(tmp_path))):  # fmt: skip
        done = ask(*wrong)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Error" in done.stderr
        assert "Traceback" not in done.stderr


def test_text_and_markdown_keep_links_and_times(index_dir):
    text = run_here("cs25search", "ask", WHY, CS25_INDEX=str(index_dir)).stdout
    markdown = run_here("cs25search", "ask", WHY, "--markdown", CS25_INDEX=str(index_dir)).stdout
    assert "[1]" in text
    for form in (text, markdown):
        assert "https://youtu.be/U8J32Z3qV8s?t=582" in form
        assert "9:42" in form
    assert "[\\[1\\]](https://youtu.be/U8J32Z3qV8s?t=582)" in markdown


def test_markdown_of_a_question_is_inert(index):
    answer = index.answer("<img src=x> ![a](http://evil.example) [b](javascript:x) attention?")
    shown = answer_markdown(answer)
    assert "![a]" not in shown
    assert "\\[b\\](javascript:x)" in shown
    assert "\\<img" in shown
    assert json.dumps(answer_json(answer))


class Remembering:
    """An index that answers a question once, however often it is asked."""

    def __init__(self, index):
        self.answer = cache(index.answer)


@pytest.fixture(scope="module")
def remembering(index):
    return Remembering(index)


def test_answers_to_the_questions_stay_as_good_as_they_were(remembering):
    figures = measure_answers(remembering, json.loads((DATA / "questions.json").read_bytes()), "en")
    assert figures["cited range overlaps the gold range"] >= 0.85
    assert figures["reference words covered"] >= 0.60
    assert figures["median words"] <= 60


@pytest.mark.parametrize("language", ["en", "ja"])
def test_refusals_stay_as_good_as_they_were(remembering, language):
    figures = measure_refusals(remembering, language, every=2)
    assert figures["answerable refused"] <= 0.05
    assert figures["unanswerable refused"] >= 0.80


@pytest.mark.parametrize(
    ("question", "lecture"),
    [("スイッチトランスフォーマーの欠点は？", 5),
     ("What are the drawbacks of the Switch Transformer?", 5),
     ("パーシーバーの短所は？", 6), ("What are the downsides of transformers?", 1)],
)  # fmt: skip
def test_drawbacks_are_not_answered_with_a_definition(index, notes_only, question, lecture):
    first = notes_only.answer(question).citations[0]
    assert first.video.lecture == lecture
    assert any(word in first.quote for word in ("drawback", "trade-off"))
    assert index.answer(question).citations[0].lecture == lecture


def test_what_cites_the_same_shows_its_numbers_once(index):
    course = index.answer("Who teaches the course?")
    numbers = "".join(f"[{n}]" for n in course.sentences[0].citations)
    assert len(course.sentences) > 1 and course.text.count(numbers) == 1
    note = index.answer(WHY)
    assert note.text.count("[1]") == answer_markdown(note).count("\\[1\\]") == 1


def test_a_heading_is_bold_in_markdown_and_ends_like_a_sentence(notes_only):
    note = notes_only.answer(WHY)
    heading = note.sentences[0].heading
    assert heading == "Why the router needs float32." and note.text.startswith(f"{heading} ")
    assert f"**{heading}** " in answer_markdown(note)


@pytest.mark.parametrize(
    ("question", "brief"),
    [("Summarise lecture 6", "Summarise lecture 6 briefly"),
     ("第4回を要約して", "第4回を短くまとめて"),
     ("summary of the vision lecture", "short summary of the vision lecture")],
)  # fmt: skip
def test_a_short_summary_has_no_outline(index, question, brief):
    whole, short = index.answer(question), index.answer(brief)
    assert len(whole.citations) > 5 and len(short.citations) == 1
    assert whole.text.startswith(short.text[:80])


def test_a_summary_names_its_speaker_once(index):
    assert index.answer("Summarise lecture 6").text.count("Jaegle") == 1
