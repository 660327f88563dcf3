"""make eval: the corpora, what is relevant in them, and the table."""

import json

import numpy as np
import pytest
from msgspec.structs import replace

from benchmarks import answers
from benchmarks.baselines import baselines
from benchmarks.corpora import SECONDS_PER_WORD, cs25_notes, load_corpora
from benchmarks.eval import Run, differences, markdown, run_all, table, write_between
from benchmarks.held_out import REAL_WORDING, held_out
from benchmarks.rankers import SHIPPED


@pytest.fixture
def bench(tmp_path):
    """The folder of corpora, with a small one of each form; returns it."""
    files = {
        "bench/tutorialvqa/videos.json": [
            {"video_id": "7", "video_title": "Layers", "transcript": ["One two.", "Press the key."]}
        ],
        "bench/tutorialvqa/dev.json": [
            {"video_id": "7", "question": " which key? ", "answer_start": 1, "answer_end": 1},
            {"video_id": "7", "question": "what is counted?", "answer_start": 0, "answer_end": 0},
        ],
        "bench/chapters.json": [
            {
                "video_id": "abcdefghijk",
                "sentences": [["Hello all.", 0.5, 2.0], ["Gradients flow.", 2.0, 4.0]],
                "chapters": [
                    {"start": 0, "title": "Intro", "title_ja": "はじめに"},
                    {"start": 2, "title": "Gradients", "title_ja": "勾配"},
                    {"start": 3, "title": "Attention", "title_ja": "注意機構"},
                ],
            }
        ],
    }
    for error_rate, text in (("", "the cat sat"), ("_WER44", "the cap sad")):
        questions = [{"id": "x", "question": "Who sat?"}, {"id": "y", "question": "Which cat?"}]
        article = {"title": "Cats", "paragraphs": [{"context": text, "qas": questions}]}
        files[f"bench/spoken-squad/spoken_test-v1.1{error_rate}.json"] = {"data": [article]}
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), "utf-8")
    return tmp_path


def by_name(corpora):
    return {corpus.name: corpus for corpus in corpora}


def test_without_a_folder_of_corpora_the_bundled_one_remains(tmp_path):
    corpus, *others = load_corpora(tmp_path / "missing")
    assert corpus.name == "CS25 notes"
    assert [(other.name, other.languages, len(other.questions)) for other in others] == [
        ("CS25 notes, real wording", ["en"], 70),
        ("CS25 notes, real wording", ["ja"], 46),
        ("CS25 notes, asked by a stranger", ["en"], 39),
        ("CS25 notes, asked by a stranger", ["ja"], 39),
        ("CS25 notes, asked by another stranger", ["en"], 27),
        ("CS25 notes, asked by another stranger", ["ja"], 27),
        ("CS25 notes, asked about each note", ["en"], 576),
        ("CS25 notes, asked about each note", ["ja"], 576),
        ("CS25 notes, misspelt", ["en"], 120),
    ]
    assert all(other.base == corpus.name for other in others)
    assert corpus.languages == ["en", "ja"]
    assert len(corpus.chunks) == 576
    assert len(corpus.questions) == 120


def test_sentences_without_times_get_them_from_their_words(bench):
    corpus = by_name(load_corpora(bench))["TutorialVQA dev"]
    question = corpus.questions[0]
    assert question.q == "which key?"
    assert (question.start, question.end) == pytest.approx(
        (2 * SECONDS_PER_WORD, 5 * SECONDS_PER_WORD)
    )
    assert corpus.languages == ["en"]
    assert corpus.chunks[0].title == "Layers"


def test_both_error_rates_have_the_same_questions_and_other_words(bench):
    corpora = by_name(load_corpora(bench))
    clean, noisy = corpora["Spoken-SQuAD 22.7 %"], corpora["Spoken-SQuAD 44.2 %"]
    assert clean.questions == noisy.questions
    assert (clean.chunks[0].text, noisy.chunks[0].text) == ("the cat sat", "the cap sad")


def test_a_chapter_title_that_says_nothing_is_no_question(bench):
    corpus = by_name(load_corpora(bench))["chapter titles, 1 videos"]
    first, last = corpus.questions
    assert (first.q, first.q_ja) == ("Gradients", "勾配")
    assert (first.start, first.end) == (2, 3)
    assert (last.start, last.end) == (3, 4.0)


@pytest.mark.slow
def test_every_ranker_runs_in_both_languages(bench, index, tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.rankers.CACHE", tmp_path / "cache")
    corpora = load_corpora(bench)
    few = replace(corpora[0], chunks=corpora[0].chunks[:20])  # the bridge is learned from these
    monkeypatch.setattr("benchmarks.rankers.cs25_notes", lambda: few)
    outer = [corpus for corpus in corpora if corpus.name != few.name and not corpus.base]
    runs = list(run_all(outer, index.encoder))
    assert {run.corpus.name for run in runs} == {corpus.name for corpus in outer}
    english = [run for run in runs if run.ranker == SHIPPED and run.language == "en"]
    assert all(run.success[5].mean() == 1.0 for run in english)
    shown = markdown(table(runs))
    assert shown.count("\n") == len(runs) + 1
    assert "22.7 %" in shown


@pytest.mark.slow
def test_japanese_bm25_reads_the_japanese_side(index, tmp_path):
    chunks = [c for c in index.generation.chunks if c.video_id == "U8J32Z3qV8s"]
    bm25 = baselines(chunks, "ja", index.encoder, tmp_path)["BM25"]
    best = bm25.rank("ルーターだけfloat32にするのはなぜですか？")[0]
    assert "float32" in chunks[best].text_ja


def test_difference_is_of_the_same_questions(index, tmp_path):
    corpus = load_corpora(tmp_path)[0]

    def run(name, found):
        success = {k: np.array(found, float) for k in (1, 5)}
        return Run(corpus, "en", name, 0, success, 0.0, 0.0, None, np.array([0.01]))

    shown = markdown(differences([run("a", [1, 1, 0, 1]), run("b", [1, 0, 0, 1])], "a", "b"))
    assert "+0.250" in shown


def test_answers_are_measured_in_both_languages(index, tmp_path, monkeypatch):
    questions = json.loads((answers.DATA / "questions.json").read_bytes())
    few = {"questions": questions["questions"][2:4], "unanswerable": questions["unanswerable"][:2]}
    other = {"q": "How do I bake bread?", "q_ja": "パンの焼き方は？", "kind": "off-topic"}
    (tmp_path / "questions.json").write_text(json.dumps(few), "utf-8")
    (tmp_path / "unanswerable.json").write_text(json.dumps({"unanswerable": [other]}), "utf-8")
    real = json.loads((answers.DATA / "real-dev.json").read_bytes())
    of_each = [
        {one["lang"]: one for one in real["questions"]}.values(),
        {(one["lang"], one["kind"]): one for one in real["unanswerable"]}.values(),
    ]
    (tmp_path / "real-dev.json").write_text(
        json.dumps(dict(zip(("questions", "unanswerable"), map(list, of_each), strict=True))),
        "utf-8",
    )
    touched = [{"q": "who labelled the images?", "lang": "en"}, {"q": "犬は？", "lang": "ja"}]
    (tmp_path / "touched.json").write_text(json.dumps({"unanswerable": touched}), "utf-8")
    about = [{"q": "Who made the slides?", "must": ["sadahry|nobody"]},
             {"q": "スライドを作ったのは誰？", "must": ["nobody"], "lang": "ja"}]  # fmt: skip
    for name in answers.COURSE_QUESTIONS.values():
        (tmp_path / name).write_text(json.dumps({"questions": about}), "utf-8")
    frames = {"en": ["hi, {l}"], "ja": ["すみません、{q}"]}
    (tmp_path / "frames.json").write_text(json.dumps(frames), "utf-8")
    monkeypatch.setattr(answers, "DATA", tmp_path)
    lines = answers.table(index).splitlines()
    assert lines[0] == "| answers | en | ja |"
    assert "| unanswerable, off-topic refused | 1.000 | 1.000 |" in lines
    assert "| with talk around it: unanswerable refused | 1.000 | 1.000 |" in lines
    assert sum(line.startswith("| real wording: ") for line in lines) == 4
    shares = {lang: set(answers.measure_course(index, lang).values()) for lang in ("en", "ja")}
    assert shares == {"en": {1.0}, "ja": {0.0}}
    assert sum(line.startswith("| more that is touched, given as ") for line in lines) == 1
    assert any(line.startswith("| median words | ") and line.endswith(" |  |") for line in lines)


def test_touched_questions_are_in_no_other_set():
    files = {
        name: json.loads((answers.DATA / f"{name}.json").read_bytes())
        for name in ("touched", "unanswerable", "questions", "real-dev")
    }
    touched = [entry["q"] for entry in files.pop("touched")["unanswerable"]]
    assert len(set(touched)) == len(touched) == 180
    others = {
        entry.get(key, "")
        for file in files.values()
        for entry in (*file.get("questions", ()), *file["unanswerable"])
        for key in ("q", "q_ja")
    }
    assert not others.intersection(touched)


def test_table_is_written_between_the_markers_only(tmp_path):
    page = tmp_path / "page.md"
    markers = "before\n<!-- make x: begin -->\n{}\n<!-- make x: end -->\nafter\n"
    page.write_text(markers.format("old"))
    write_between(page, "new \\1", "make x")
    assert page.read_text() == markers.format("new \\1")
    with pytest.raises(ValueError, match="lacks <!-- make y: begin"):
        write_between(page, "new", "make y")


def test_questions_held_out_are_in_no_text_of_their_note():
    notes = cs25_notes()
    for position in REAL_WORDING:
        corpus = held_out(notes, position)
        assert len(corpus.questions) > 500
        texts = {(chunk.video_id, chunk.start): chunk for chunk in corpus.chunks}
        for question in corpus.questions:
            note = texts[question.video_id, question.start]
            assert question.q not in note.asks
            assert question.q_ja not in note.asks_ja
        kept, every = (sum(len(set(c.asks)) for c in x.chunks) for x in (corpus, notes))
        assert kept == every - len(corpus.questions)
