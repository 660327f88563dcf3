"""Questions about the course itself find their entries and are distinguished from others."""

import json

import numpy as np
import pytest
from conftest import DATA
from msgspec.structs import replace

from cs25search.answers.course import answers_course, find_entry
from cs25search.answers.course_words import about_course
from cs25search.course.entries import course_entries, side_of
from cs25search.course.read import load_course
from cs25search.index.files import read_generation
from cs25search.index.handbook import EntryWords, build_handbook, no_handbook
from cs25search.question.named import named_lectures
from cs25search.ranking.entries import rank_entries
from cs25search.ranking.query import Query
from cs25search.records import About, Entry, Lecture
from cs25search.text.ngrams import dice
from cs25search.wording import CLOSEST_ENTRIES


class Letters:
    """An encoder whose tokens are words, each a vector of its own."""

    dim = 8
    vocabulary_size = 50

    def __init__(self):
        self.known = {}

    def encode_documents(self, texts):
        from cs25search.encoding.encoder import Encoding

        for place, text in enumerate(texts):
            ids = np.array([self.known.setdefault(w, len(self.known)) for w in text.split()])
            tokens = np.sign(np.random.default_rng(7).normal(size=(50, 8)))[ids] / np.sqrt(8)
            yield place, Encoding(tokens.mean(axis=0), tokens, ids)


def encoded(tokens, ids):
    return Query("en", ids, tokens, np.ones(len(ids)), np.zeros(8), True, {})


NOTHING = encoded(np.zeros((0, 8)), np.zeros(0, int))


def entry(number, text, *asks):
    return Entry("fact", number, "", "", text, text, asks, asks, (number,))


def test_the_entry_with_the_nearest_question_comes_first_and_lectures_filter():
    entries = [entry(1, "five and six", "which talk has a star"),
               entry(2, "lecture four", "which talk is longest")]  # fmt: skip
    letters = Letters()
    handbook = build_handbook(entries, letters)
    question = "which talk is longest"
    _, encoding = next(letters.encode_documents([question]))
    query = encoded(encoding.tokens, encoding.ids)
    found = rank_entries(handbook, question, query)
    assert [one.entry.number for one in found] == [2, 1]
    assert found[0].ask == pytest.approx(1.4)
    only = rank_entries(handbook, question, query, [1])
    assert [one.entry.number for one in only] == [1]


@pytest.mark.parametrize("text", ["yeast for cakes", "酵母でケーキ"])
def test_more_wordings_of_a_question_do_not_change_how_near_another_entry_is(text):
    asks, asks_ja = ("the yeast talk", "gist of yeast"), ("酵母の回", "酵母の要点")
    talk, advice = entry(1, "bread"), entry(2, "yeast for bread", "which talk for cakes")
    advice = replace(advice, asks_ja=("ケーキならどの回",))
    matches = []
    for times in (1, 9):
        letters = Letters()
        worded = replace(talk, asks=asks * times, asks_ja=asks_ja * times)
        handbook = build_handbook([worded, advice], letters)
        _, encoding = next(letters.encode_documents([text]))
        found = rank_entries(handbook, text, encoded(encoding.tokens, encoding.ids))
        matches.append(next(one for one in found if one.entry == advice))
    assert matches[0] == matches[1]


def test_what_names_a_lecture_is_answered_by_what_is_said_of_this_lecture(index):
    found = index.find("How does the deck rate lecture 6?", k=5)
    entry = find_entry(index.searcher, found).entry
    assert (entry.lectures, entry.side) == ((6,), "verdict")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("which of the ten lectures did the person who made the slides like best?", "stars two"),
        ("When were these lectures recorded? Some of it feels pre-ChatGPT.", "autumn 2021"),
        ("i've only taken one intro machine learning class, which of these lectures should i watch"
         " first?", "lecture 1 first"),
        ("total hours for all ten?", "9 hours 32 minutes"),
        ("do I need to watch lecture 1 before the circuits one", "self-attention"),
        ("Did the deck's author disagree with any of the speakers?", "wavelet"),
        ("which lectures can i skip", "Lecture 1 perhaps"),
        ("このスライド作った人は、10回の中でどれが一番おもしろいって言ってます？", "第5回"),
        ("スライド作成者はどの講義を高く評価していますか。", "第6回"),
        ("解釈可能性の講義のまとめ", "QK"),
        ("CS25ってそもそも何", "スタンフォード"),
        ("33枚のスライドって講義ごとに何枚ずつ割り当てられてるんですか", "第8回は25–26"),
        ("RLHFは出てきますか", "RLHFも"),
        ("are diffusion models covered", "Diffusion models are"),
    ],
)  # fmt: skip
def test_single_facts_answer_what_people_ask_about_the_course(index, question, said):
    answer = index.answer(question)
    assert said in answer.text
    assert {one.kind for one in answer.citations} <= {"slide", "lecture", "deck"}


@pytest.mark.parametrize(
    "question",
    ["explain induction heads", "誘導ヘッドとは？", "自己注意の仕組みを教えて",
     "ChatGPTとは何ですか？", "ヒントン先生のGLOMってどんなアイデア?",
     "percent BCとDecision Transformerの違いを教えて"],
)  # fmt: skip
def test_facts_that_name_what_is_taught_do_not_say_what_it_is(index, question):
    answer = index.answer(question)
    assert {one.kind for one in answer.citations} == {"note"}


@pytest.mark.parametrize(
    "question",
    ["パーシーバーとは", "オフライン強化学習とは何ですか", "why does in-context learning work?"],
)
def test_what_is_taught_is_answered_by_a_moment_although_an_entry_has_all_words(index, question):
    assert index.answer(question).citations[0].kind == "note"


def test_equal_entries_are_not_encoded_again():
    entries = [entry(1, "five", "which talk")]
    first = build_handbook(entries, Letters())
    assert build_handbook(entries, Letters(), first) is first
    assert build_handbook(entries[:0], Letters(), first) is not first


def test_japanese_questions_are_compared_by_words():
    handbook = build_handbook([entry(1, "五回", "おすすめの回はどれ"),
                               entry(2, "四回", "一番長い回は何分")], Letters())  # fmt: skip
    found = rank_entries(handbook, "おすすめはどの回", NOTHING)
    assert found[0].entry.number == 1


def test_an_index_without_a_handbook_has_no_entry():
    assert rank_entries(no_handbook(), "why", NOTHING) == []
    assert dice(set(), set()) == 0.0


def test_every_lecture_has_a_summary_with_an_outline_and_five_other_sides():
    course = load_course()
    entries = course_entries(course.about, course.facts, course.slides)
    lectures = [one for one in entries if one.kind == "lecture"]
    assert len(lectures) == 60
    assert all(one.outline for one in lectures if one.side == "summary")
    assert sum(one.kind == "slide" for one in entries) == 33
    assert all(one.text and one.text_ja and one.asks and one.asks_ja for one in entries)
    assert side_of("should I read the ViT paper before lecture 3") == "before"


def test_the_handbook_is_read_as_it_was_written(index_dir):
    handbook = read_generation(index_dir).handbook
    texts = sum(1 + len(one.asks) for one in handbook.entries)
    assert len(handbook.lengths) == texts
    assert int(handbook.lengths.sum()) == len(handbook.tokens) == len(handbook.ids)


@pytest.mark.parametrize(
    ("question", "status", "part"),
    [("Who speaks in lecture 7?", "lecture", "Aidan Gomez"),
     ("Summarise lecture 6", "lecture", "Perceiver"),
     ("第3回の要点", "lecture", "0:05"),
     ("How many hours does it take to watch everything?", "slide", "9 hours"),
     ("おすすめの回を教えて", "slide", "第5回"),
     ("Which talks get a star in the slides?", "slide", "5 (Scaling"),
     ("I work on speech, which one should I watch?", "slide", "Prateek Verma"),
     ("Where can I watch the lectures?", "slide", "youtube.com/playlist"),
     ("does the course cover ChatGPT?", "slide", "2021"),
     ("coffee slurping example in the slides", "slide", "coffee slurping"),
     ("音声をやっている人にはどの回がいい？", "slide", "第10回"),
     ("How many minutes is the Codex lecture?", "lecture", "48:39"),
     ("summarize the third lecture", "lecture", "Lucas Beyer"),
     ("作者は第2回をどう評価している？", "lecture", "第2回"),
     ("強化学習に興味がある人はどれを見ればいい", "slide", "第4回"),
     ("ヒントンの講義は難しい？", "lecture", "第8回"),
     ("一番難しい授業は？", "slide", "第8回"),
     ("What is the most difficult class?", "slide", "Lecture 8"),
     ("画像認識に興味があるのですが、どの動画を見ればいいですか？", "slide", "第3回"),
     ("Which talks come from OpenAI?", "slide", "OpenAI 2"),
     ("what is slide 19 about", "slide", "Slide 19, Lecture 5 impressions"),
     ("Who made these slides and when were they put online?", "deck", "1 September 2022")],
)  # fmt: skip
def test_the_course_itself_is_answered_with_slide_or_lecture(index, question, status, part):
    answer = index.answer(question)
    assert answer.status == "answered"
    assert answer.citations[0].kind == status
    assert part in answer.text
    assert all(one.url for one in answer.citations)


def test_a_summary_ends_with_an_outline_whose_parts_open_their_second(index):
    answer = index.answer("Summarise lecture 6")
    parts = [one for one in answer.citations if one.start]
    assert len(parts) >= 3
    assert all(one.url.endswith(f"?t={int(one.start)}") for one in parts)


def test_a_thing_in_a_lecture_is_not_its_overview(index):
    question = "what is a residual stream in the interpretability lecture?"
    assert index.answer(question).citations[0].kind == "note"
    (about, *_) = index.answer("what is the vision lecture about").citations
    assert (about.kind, about.video.lecture) == ("lecture", 3)


@pytest.mark.parametrize(
    ("question", "lecture"),
    [("tldr lecture 4", 4), ("can you sum up lecture 9 for me", 9), ("lecture 5 in short", 5),
     ("第5回をまとめて", 5), ("第6回の講義を短くまとめて", 6), ("第8回つまらない？", 8)],
)  # fmt: skip
def test_a_lecture_is_summed_up_however_that_is_worded(index, question, lecture):
    (first, *_) = index.answer(question).citations
    assert (first.kind, first.video.lecture) == ("lecture", lecture)


def of_course(index, question, is_answered):
    found = index.find(question)
    return answers_course(find_entry(index.searcher, found), found.question, is_answered)


def test_what_is_taught_is_answered_by_moments(index):
    asked = json.loads((DATA / "questions.json").read_bytes())["questions"]
    real = json.loads((DATA / "real-dev.json").read_bytes())["questions"]
    questions = [q for one in asked[::4] for q in (one["q"], one["q_ja"])]
    questions += [one["q"] for one in real[::4]]
    course = [question for question in questions if of_course(index, question, True)]
    assert len(course) <= 0.01 * len(questions), course


def test_words_tell_questions_about_the_course():
    for question in ("Which talk has a star?", "Do I need to know any maths?", "作者の感想",
                     "字幕はありますか"):  # fmt: skip
        assert about_course(question) > 0.8, question
    for question in ("Why does the router need float32?", "what is a head, I do not get it",
                     "どうしてルーターにfloat32が必要なんですか",
                     "Wie funktioniert Attention?", ""):  # fmt: skip
        assert about_course(question) < 0.5, question


def test_lecture_named_in_a_question_limits_the_moments(index):
    asked = "In lecture 9, what do attention heads do?"
    assert {hit.video.lecture for hit in index.search(asked)} == {9}
    assert {one.lecture for one in index.answer(asked).citations} == {9}
    assert index.search(asked, lectures=[1])[0].video.lecture == 1
    assert len({hit.video.lecture for hit in index.search("What is in lecture 40?")}) > 1
    assert not index.find("Which lecture is like lecture 9?").filters.lectures


def test_lectures_named_by_number_are_read_in_both_languages():
    assert named_lectures("the third lecture") == named_lectures("video 3") == [3]
    assert named_lectures("第10回と第2回") == [10, 2]
    assert named_lectures("3 heads, 10 layers") == []


class Counted(Letters):
    """Letters, and the texts that were encoded."""

    def __init__(self):
        super().__init__()
        self.texts = []

    def encode_documents(self, texts):
        self.texts += texts
        return super().encode_documents(texts)


def test_only_new_texts_of_a_handbook_are_encoded():
    entries = [entry(1, "five", "which talk"), entry(2, "six", "which talk")]
    encoder = Counted()
    first = build_handbook(entries[:1], encoder)
    encoder.texts.clear()
    both = build_handbook(entries, encoder, first)
    assert len(encoder.texts) == 1 and "six" in encoder.texts[0]
    whole = build_handbook(entries, encoder)
    assert (both.tokens == whole.tokens).all() and (both.ids == whole.ids).all()


def test_words_that_were_stored_are_not_read_again(index_dir, monkeypatch):
    stored = read_generation(index_dir).handbook
    assert stored.entry_words == tuple(map(EntryWords.read, stored.entries))
    monkeypatch.setattr(EntryWords, "read", None)
    assert stored.words and stored.words_ja and stored.words_said.texts


def test_an_entry_that_cannot_be_near_enough_is_not_compared(index):
    question = "Why does the router need float32?"
    query = index.searcher.encode(question)
    handbook = index.generation.handbook
    assert rank_entries(handbook, question, query, least=1.4) == []
    nearest = max(one.ask for one in rank_entries(handbook, question, query))
    assert rank_entries(handbook, question, query, least=nearest)
    # Most questions share so few n-grams with all others that these are not computed for all.
    fresh = replace(handbook)
    assert rank_entries(fresh, question, query, least=nearest + 0.1) == []
    assert "grams" not in vars(fresh)


def test_a_lecture_without_speakers_does_not_answer_who_speaks():
    lectures = (Lecture(1, "Bees", duration=75.0), Lecture(2, "Worms", speakers=("Ada",)))
    entries = course_entries(About("garden", "Garden", lectures=lectures), (), ())
    silent, named = (one for one in entries if one.side == "who")
    assert "How long is lecture 1?" in silent.asks and "第1回は何分ですか" in silent.asks_ja
    assert not [ask for ask in (*silent.asks, *silent.asks_ja) if "Who" in ask or "誰" in ask]
    assert "Who speaks in lecture 2?" in named.asks


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("is the Hinton lecture long and difficult?", ("52:48", "hard to understand")),
        ("length and difficulty of the vision talk", ("1:08:37", "A bit hard")),
        ("スケーリングの回の難易度と長さ教えて", ("1:05:44", "用語の多く")),
        ("is the MoE lecture hard to follow and should I read something first?",
         ("vocabulary presumes", "Possibly yes")),
    ],
)  # fmt: skip
def test_two_sides_of_a_lecture_by_what_it_is_called(index, question, texts):
    answer = index.answer(question)
    assert all(text in answer.text for text in texts)
    assert len(answer.citations) == 1
    named = answer.sentences[0].heading
    assert named.startswith(("Lecture ", "第5回")) and answer.text.count(named) == 1


@pytest.mark.parametrize(
    ("question", "is_sure"),
    [
        ("does the deck's author think the lectures should be shorter?", False),
        ("does the deck's author think transformers will be used in brain research?", True),
        ("スライドの著者はTransformerの将来についてどう考えていますか", True),
        ("作者的に納得いかなかった講義とか主張ってありますか", True),
        ("著者はヒントンの話についてどんな感想を書いている？", True),
    ],
)
def test_what_the_author_of_the_deck_thinks_only_the_course_says(index, question, is_sure):
    answer = index.answer(question)
    assert answer.citations[0].kind in ("lecture", "slide")
    assert answer.text.startswith(CLOSEST_ENTRIES) != is_sure
    assert is_sure or not answer.sentences[0].citations


def test_the_closest_entries_are_two_at_most(index):
    answer = index.answer("does the deck's author think the lectures should be shorter?")
    assert answer.text.startswith(CLOSEST_ENTRIES)
    cited = [one.citations for one in answer.sentences[1:]]
    assert cited[0] and len(set(cited)) <= 2


def test_a_summary_in_a_number_of_points_is_one_question(index):
    answer = index.answer("強化学習の回の要点を3つくらいにまとめてほしい")
    assert answer.citations[0].lecture == 4 and "見つかりません" not in answer.text


def test_a_lecture_is_known_by_its_name_only_before_a_word_for_a_lecture(index):
    about = index.answer("what should i read before the MoE talk?")
    assert [one.kind for one in about.citations] == ["lecture"] and about.citations[0].lecture == 5
    assert index.answer("Why are MoE models hard to train?").citations[0].kind == "note"


@pytest.mark.parametrize(
    ("question", "number"), [("20枚目のスライドには何が書いてある?", 20), ("the 12th slide", 12)]
)
def test_a_slide_by_its_place(index, question, number):
    assert index.answer(question).citations[0].slide.number == number
