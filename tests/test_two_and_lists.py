"""Comparisons, questions of two parts, lists of mentions, and follow-up questions."""

import json
import re

import pytest
from conftest import DATA, run_here

from cs25search.answers.compare import compared
from cs25search.answers.lists import find_mentions, listed_name
from cs25search.answers.slide_lists import listed_thing
from cs25search.formats import answer_markdown
from cs25search.question.follow_up import understood_as
from cs25search.question.lecture_nouns import THE_LECTURE
from cs25search.question.parts import two_parts
from cs25search.question.read import read_question
from cs25search.wording import NOTHING_MORE


@pytest.mark.parametrize(
    ("question", "pair"),
    [("BERT vs GPT", ("BERT", "GPT")), ("How do a ViT and a ConvNet differ?", ("ViT", "ConvNet")),
     ("How is BERT different from GPT?", ("BERT", "GPT")),
     ("RNNとTransformerはどう違いますか", ("RNN", "Transformer")),
     ("What is BERT?", None), ("BERTとは何ですか", None)],
)  # fmt: skip
def test_sides_of_a_comparison(question, pair):
    assert compared(question) == pair


def test_parts_of_a_question_need_a_question_each():
    assert two_parts("What is GLOM? And who gives the talk?") is not None
    assert two_parts("What are queries and how many") is None


@pytest.mark.parametrize(
    ("question", "texts"),
    [("第4回は誰が話していて、どれくらい難しい？", ["Aditya Grover", "比較的易しい"]),
     ("What is an induction head and who gives the lecture on GLOM?", ["induction", "Hinton"])],
)  # fmt: skip
def test_both_parts_are_answered_of_the_course_or_of_what_is_taught(notes_only, question, texts):
    answer = notes_only.answer(question)
    assert all(text in answer.text for text in texts)
    cited = {n for sentence in answer.sentences for n in sentence.citations}
    assert cited == {citation.n for citation in answer.citations}


@pytest.mark.parametrize(
    ("question", "name"),
    [("Which lectures mention BERT?", "BERT"), ("In which lectures does AlphaFold come up?",
     "AlphaFold"), ("list all lectures that talk about ImageNet", "ImageNet"),
     ("BERTが出てくる回はどれ？", "BERT"), ("LSTMが出てくる講義は？", "LSTM"),
     ("どの講義でマルチモーダルの話が出てくる？", "マルチモーダル"),
     ("CLIPについて話しているのはどの回？", "CLIP"), ("which classes cover BERT", "BERT"),
     ("BERTはどの動画で出てきますか", "BERT"), ("どの講義が一番難しいですか", ""),
     ("Which lecture should I watch?", ""),
     ("Which lecture is about GLOM?", ""), ("What is BERT?", "")],
)  # fmt: skip
def test_name_of_which_every_mention_is_wanted(question, name):
    assert listed_name(question) == name


def test_every_lecture_that_mentions_a_name_is_listed_with_its_first_second(notes_only):
    mentions = json.loads((DATA / "mentions.json").read_text("utf-8"))["mentions"]
    for name in ("BERT", "LSTM", "ImageNet", "AlphaFold"):
        expected = {int(lecture): starts for lecture, starts in mentions[name].items()}
        found = {
            one.video.lecture: one.start for one in find_mentions(notes_only.searcher.source, name)
        }
        assert expected.keys() <= found.keys()
        assert all(found[lecture] <= starts[0] for lecture, starts in expected.items())


def test_list_says_how_many_and_links_the_first_second(notes_only):
    answer = notes_only.answer("Which lectures mention AlphaFold?")
    assert answer.text.startswith("1 lecture mentions AlphaFold. ")
    assert answer.citations[0].url.endswith("?t=266")
    assert "か所" in notes_only.answer("BERTが出てくる回はどれ？").text


def test_a_moment_that_only_names_both_is_no_comparison(notes_only):
    answer = notes_only.answer("difference between BERT and GPT")
    assert {sentence.side for sentence in answer.sentences} == {"BERT", "GPT"}
    one = notes_only.answer("soft attention vs hard attention")
    assert {sentence.side for sentence in one.sentences} == {""}


def test_sides_of_a_comparison_are_sought_in_one_lecture(notes_only):
    answer = notes_only.answer("BERT vs GPT")
    assert {citation.lecture for citation in answer.citations} == {1}


@pytest.mark.parametrize("question", ["BERTとGPTの違い", "RNNとTransformerの違いは？"])
def test_japanese_comparison_finds_sides_in_latin_letters(notes_only, question):
    answer = notes_only.answer(question)
    assert len({sentence.side for sentence in answer.sentences if sentence.side}) == 2
    assert "見つかりませんでした" not in answer.text


def test_a_side_may_have_another_name_and_no_sentence_is_said_twice(notes_only):
    answer = notes_only.answer("difference between CNN and vision transformer")
    assert "I found nothing" not in answer.text
    parts = notes_only.answer("Who is Aidan Gomez and which lecture does he give?").sentences
    assert not any(a.text.endswith(b.text) for a in parts for b in parts if a is not b)


def test_comparison_shows_both_sides_or_says_which_one_is_missing(notes_only):
    answer = notes_only.answer("How do Switch Transformer and Perceiver differ?")
    assert answer.status == "answered"
    assert "Perceiver: " in answer.text and "Switch Transformer: " in answer.text
    assert {sentence.side for sentence in answer.sentences} == {"Switch Transformer", "Perceiver"}
    # Its sentence begins with the name, but the other side's does not: both get their label.
    assert "Perceiver: Perceivers are" in answer.text
    one = notes_only.answer("Perceiver vs Mixtral")
    assert "Mixtral: I found nothing about it in the lectures." in one.text


@pytest.mark.parametrize("question", ["BERT vs GPT", "BERTとGPTの違いは何ですか"])
def test_a_side_is_searched_again_in_the_lecture_of_the_other(notes_only, question):
    answer = notes_only.answer(question)
    assert [citation.video.lecture for citation in answer.citations] == [1, 1]
    assert "GPT-3" in answer.text


@pytest.mark.parametrize(
    ("question", "context", "whole"),
    [("なぜそれが有効なのですか？", "GLOMとは？", "なぜGLOMが有効"),
     ("and who gives it?", "Which lecture is about GLOM?", "who gives the lecture on GLOM"),
     ("tell me more", "What is GLOM?", "More: What is GLOM?"),
     ("what about lecture 3?", "How long is lecture 9?", "How long is lecture 3?"),
     ("and in the last talk?", "Summarise the first talk", "Summarise the last talk"),
     ("では第3回は？", "第9回の要点は？", "第3回の要点は？"),
     ("and lecture 3?", "Compare lectures: lecture 1 or lecture 2?", "and lecture 3?"),
     ("What is BERT?", "What is GLOM?", "What is BERT?"), ("and why?", "", "and why?"),
     ("???", "What is GLOM?", "???"), ("？", "GLOMとは？", "？")],
)  # fmt: skip
def test_follow_up_is_made_whole(question, context, whole):
    assert whole in understood_as(question, context)


@pytest.mark.parametrize(
    ("question", "whole"),
    [("What is this Stanford course about?", None), ("What do these models still lack?", None),
     ("What about combining convolution layers first and a transformer after?", None),
     ("How does this work?", "How does the router need float32 work?"),
     ("Is this used in Codex?", "Is the router need float32 used in Codex?"),
     ("アテンションとは？", None), ("Transformerの今後の課題は？", None),
     ("BERTやGPT-3より新しいモデルは？", None), ("強化学習との関係は？", None),
     ("これから先、どんな分野で使われそうですか？", None),
     ("これまでの手法と比べてTransformerの何が新しい？", None),
     ("オフラインRLって普通の強化学習と何が違うの？", None), ("ViTはBERTと比べてどう？", None),
     ("それほど大きなモデルでも過学習しないのはなぜですか？", None),
     ("それでもConvNetを使う理由は何がありますか？", None),
     ("画像の場合は？", "画像について：Why does the router need float32?"),
     ("Codexでは？", "Codexについて：Why does the router need float32?")],
)  # fmt: skip
def test_only_questions_that_refer_to_the_one_before_are_changed(question, whole):
    assert understood_as(question, "Why does the router need float32?") == (whole or question)


def test_follow_up_is_answered_and_says_how_it_was_understood(notes_only):
    answer = notes_only.answer("How long is it?", context="Summarise lecture 6")
    assert answer.understood == "How long is lecture 6?"
    assert "58:59" in answer.text
    assert notes_only.answer("What is GLOM?").understood == ""


def test_ask_takes_words_without_quotes_and_stdin_and_a_session(index_dir):
    import os
    import subprocess
    import sys

    plain = run_here("cs25search", "ask", "How", "long", "is", "lecture", "6?", "--json",
                     CS25_INDEX=str(index_dir))  # fmt: skip
    assert json.loads(plain.stdout)["question"] == "How long is lecture 6?"
    session = subprocess.run(
        [sys.executable, "-m", "cs25search", "ask", "-i"], input="Summarise lecture 6\n"
        "How long is it?\nthanks\nopen 99\nOpen\nquit\nWhat is GLOM?\n",
        capture_output=True, text=True, encoding="utf-8",
        env=os.environ | {"CS25_INDEX": str(index_dir), "PYTHONUTF8": "1"}, timeout=300,
        check=False,
    )  # fmt: skip
    assert session.returncode == 0
    assert "Understood as: How long is lecture 6?" in session.stdout
    need = "'open' needs the number of a citation; there are: 1 to 1."
    assert session.stderr.count(need) == 2
    assert "Hello!" in session.stdout and "GLOM" not in session.stdout


def test_more_goes_on_to_what_was_not_told(index):
    answer, told = index.answer("Why does the router need float32?"), []
    for question in ("and why?", *["tell me more"] * 6):
        answer = index.answer(question, context=answer)
        assert answer.text not in told or answer.unsaid
        told.append(answer.text)
    assert answer.understood.startswith("More: More: ")
    assert answer.text == NOTHING_MORE[0] and answer.citations


def test_small_talk_does_not_change_the_subject(index):
    answer = index.answer("What is the Switch Transformer?")
    for thanks in ("thanks", "hello", "ありがとう"):
        answer = index.answer(thanks, context=answer)
        assert answer.status == "small_talk"
    assert index.answer("and why?", context=answer).understood == "Why the Switch Transformer?"


def test_another_lecture_is_the_new_subject(index):
    answer = index.answer("Summarise lecture 6")
    for question in ("and lecture 7?", "who gave it?"):
        answer = index.answer(question, context=answer)
    assert answer.understood == "who gave lecture 7?" and "Aidan Gomez" in answer.text
    assert "Andrew Jaegle" in index.answer("Who gave lecture 6?").text


@pytest.mark.parametrize(
    ("question", "said"),
    [("lecture 11 summary", "There is no lecture 11; the index has Lectures 1–10."),
     ("第12回の要点", "第12回はありません。あるのは第1～10回です。")],
)  # fmt: skip
def test_a_lecture_that_does_not_exist_is_said(index, question, said):
    answer = index.answer(question)
    assert (answer.text, answer.status) == (said, "not_in_lectures")


def test_sides_examples_and_slides_are_in_markdown(index):
    sides = answer_markdown(index.answer("Difference between BERT and GPT-3"))
    assert len([line for line in sides.splitlines() if line.endswith(")") and "\\[" in line]) == 2
    assert "   [Slide 7: " in sides
    thanks = answer_markdown(index.answer("thanks"))
    assert len([line for line in thanks.splitlines() if line.startswith("- ")]) == 3
    unsaid = answer_markdown(index.answer("What is Mamba?"))
    assert "The closest moments:" in unsaid.splitlines()


@pytest.mark.parametrize(
    ("question", "parts"),
    [("BERT drops tokens, right? does that hurt", ("BERT drops tokens?", "Does that hurt?")),
     ("what is pass@k, is 100 samples enough", ("what is pass@k?", "Is 100 samples enough?")),
     ("how was the paper written, who was the intern",
      ("how was the paper written?", "Who was the intern?")),
     ("In lecture 3, what is compared?", None), ("latent arrays, is this necessary?", None),
     ("If I draw a hundred, is it random?", None), ("Is BERT deep, or is it wide?", None)],
)  # fmt: skip
def test_parts_without_and(question, parts):
    assert two_parts(question) == parts


@pytest.mark.parametrize(
    ("question", "moments"),
    [("tokens get dropped in switch transformer right? does that hurt", [(5, 877), (5, 958)]),
     ("What new ideas did the original Transformer bring in, and what did researchers rely on "
      "before it?", [(7, 47)])],
)  # fmt: skip
def test_the_second_part_has_a_moment_of_its_own(notes_only, question, moments):
    cited = [(one.lecture, one.start) for one in notes_only.answer(question).citations]
    assert {*moments} <= {*cited}


def test_a_part_without_an_answer_is_said(notes_only):
    answer = notes_only.answer("What is WaveNet and what dropout rate does it use?")
    assert "I found no answer to “What dropout rate does it use”." in answer.text
    assert {citation.lecture for citation in answer.citations} == {10}


def test_the_lecture_of_the_second_part_is_that_of_the_first(notes_only):
    assert "Hinton" in notes_only.answer("What is GLOM and who gives the lecture?").text


@pytest.mark.parametrize(
    ("question", "slides"),
    [("スライドでGLOMを扱ってるのは何枚目？", [25, 26]),
     ("誘導ヘッドが出てくるのはどのスライド？", [27, 28]),
     ("Which slides are about the Perceiver?", [20, 21, 22]), ("which slide has pass@k", [10])],
)  # fmt: skip
def test_slides_about_a_thing_are_listed(notes_only, question, slides):
    answer = notes_only.answer(question)
    assert [one.slide.number for one in answer.citations if one.slide] == slides
    assert all(str(number) in answer.text for number in slides)


def test_other_questions_about_slides_are_no_list(notes_only):
    slides = notes_only.generation.slides
    for text in ("how many slides are there?", "What is on slide 19?", "coffee slurping example"):
        assert not listed_thing(read_question(text), slides)
    assert "33" in notes_only.answer("スライドは全部で何枚？").text


def test_a_list_agrees_with_its_number_and_begins_with_it(notes_only):
    several = notes_only.answer("Which lectures mention scaling laws?").text
    assert re.match(r"\d+ lectures mention scaling laws\. ", several)


def test_a_side_is_not_named_twice_and_has_no_heading(notes_only):
    for question in ("GPT-2 vs GPT-3", "GPT-2とGPT-3の違いは大きさだけ？", "BERT vs GPT"):
        for one in notes_only.answer(question).sentences:
            assert not one.side or not one.heading
            assert not one.text.startswith((f"{one.side}: {one.side}", f"{one.side}：{one.side}"))


@pytest.mark.parametrize(
    ("question", "moment"),
    [("GPT-2とGPT-3の違いは大きさだけ？", (2, 246)), ("ViTとCNNの違いは何ですか", (3, 1705)),
     ("percent BCとDecision Transformerの違いを教えて", (4, 2825))],
)  # fmt: skip
def test_a_moment_that_answers_a_question_about_both_sides_compares_them(
    notes_only, question, moment
):
    cited = notes_only.answer(question).citations[0]
    assert (cited.lecture, cited.start) == moment


def turns(index, *questions):
    """Return the answers of a conversation."""
    answers, before = [], ""
    for question in questions:
        before = index.answer(question, context=before)
        answers.append(before)
    return answers


@pytest.mark.parametrize(
    ("questions", "understood"),
    [(("What is the Switch Transformer?", "who presented it?", "how much faster is it?"),
      "how much faster is the Switch Transformer?"),
     (("GPT-3とは？", "パラメータ数は？", "誰が話してた？"), "GPT-3は誰が話してた？"),
     (("What is GLOM?", "how does it parse images?", "What is BERT?", "who made it?"),
      "who made BERT?")],
)  # fmt: skip
def test_the_subject_of_a_conversation_is_that_of_its_last_whole_question(
    notes_only, questions, understood
):
    assert turns(notes_only, *questions)[-1].understood == understood


@pytest.mark.parametrize(
    ("questions", "lecture"),
    [(("What is an induction head?", "which lecture is that?"), 9),
     (("What is an induction head?", "how does it form?", "where do they say that?"), 9),
     (("誘導ヘッドとは？", "どの講義？"), 9), (("パーシーバーとは？", "それは何分ごろ？"), 6)],
)  # fmt: skip
def test_where_it_was_said_is_the_citation_of_the_last_answer(notes_only, questions, lecture):
    *_, last, place = turns(notes_only, *questions)
    first = last.citations[0]
    assert (place.citations[0].lecture, place.citations[0].start) == (lecture, first.start)
    assert str(lecture) in place.text and first.time in place.text


@pytest.mark.parametrize(
    ("questions", "understood", "said"),
    [(("Which lecture should I watch as a beginner?", "is it long?"),
      "is lecture 1 long?", "22:44"),
     (("Which lecture should I watch as a beginner?", "why?"),
      "Why lecture 1: Which lecture should I watch as a beginner?", "intuit"),
     (("誰がオーディオの講義をしていますか", "もっと詳しく"), "第10回の内容は？", "WaveNet"),
     (("一番難しい講義はどれ？", "なぜ？"), "なぜ第8回なのか：一番難しい講義はどれ？", "比喩"),
     (("who speaks about audio?", "where does he work"),
      "where does the speaker of lecture 10 work?", "Stanford"),
     (("Which lecture is about GLOM?", "Is it hard?"), "is lecture 8 hard?", "hard"),
     (("Who presented the Switch Transformer?", "how much faster is it?"),
      "how much faster is the Switch Transformer?", "faster")],
)  # fmt: skip
def test_what_follows_a_question_about_the_course_is_about_the_lecture_that_answered_it(
    notes_only, questions, understood, said
):
    last = turns(notes_only, *questions)[-1]
    assert last.understood.casefold() == understood.casefold() and said in last.text


@pytest.mark.parametrize(
    "questions",
    [("スライドの著者が一番気に入った講義は？", "どうして？"),
     ("How long is lecture 8?", "tell me more", "tell me more"),
     ("Which lectures need no reading?", "tell me more")],
)  # fmt: skip
def test_more_about_the_course_is_not_the_same_again(notes_only, questions):
    texts = [one.text for one in turns(notes_only, *questions)]
    assert len({*texts}) == len(texts)


def test_other_questions_for_a_lecture_or_place_are_no_request_for_a_citation():
    for text in ("Which lecture is about GLOM?", "where is it used?", "どの講義がおすすめ？"):
        assert "Where in" not in understood_as(text, "What is BERT?")


def test_a_question_without_a_name_is_about_the_subject_where_that_is_its_lecture(notes_only):
    *_, last = turns(
        notes_only, "1層だけのアテンションモデルでは何ができるの？", "2層になるとどう変わる？"
    )
    assert last.citations[0].lecture == 9 and "1層" in last.understood
    assert notes_only.answer("What is WaveNet?", context="What is GLOM?").understood == ""


def test_who_presented_a_thing_is_the_speaker_of_its_lecture(notes_only):
    assert (
        "Barret Zoph and Irwan Bello"
        in notes_only.answer("who presented the Switch Transformer?").text
    )


@pytest.mark.parametrize(
    ("question", "first"),
    [("CNNとViTの計算コストや精度の違いを教えて", 3),
     ("RNNとTransformerの学習速度や並列化の違いは？", 1),
     ("Gaussian process, k-NN, kernel methods limitations versus NPT", 7)],
)  # fmt: skip
def test_a_comparison_is_not_cut_where_the_whole_question_has_a_better_moment(
    notes_only, question, first
):
    answer = notes_only.answer(question)
    assert [sentence.side for sentence in answer.sentences] == [""] * len(answer.sentences)
    assert answer.citations[0].lecture == first


def test_what_is_compared_belongs_to_both_sides(notes_only):
    answer = notes_only.answer("BERTとGPTの学習のさせ方の違い")
    assert {sentence.side for sentence in answer.sentences} == {"BERT", "GPT"}


@pytest.mark.parametrize(
    "question",
    ["What is the difference between a SQL left join and an inner join?",
     "SQLの左外部結合と内部結合の違いは何ですか？"],
)  # fmt: skip
def test_a_comparison_that_no_moment_answers_is_not_answered_side_by_side(notes_only, question):
    assert notes_only.answer(question).status == "not_in_lectures"


@pytest.mark.parametrize(
    ("question", "texts"),
    [("which company is Chris Olah at", ["Anthropic"]),
     ("who is Chris Olah and which company is he at", ["Anthropic", "lecture 9"]),
     ("which university is Aditya Grover from?", ["Aditya Grover (FAIR)"]),
     ("Mark Chenはどこの所属？", ["OpenAI"])],
)  # fmt: skip
def test_who_a_speaker_is_and_where_is_said_by_the_course(notes_only, question, texts):
    answer = notes_only.answer(question)
    assert answer.citations[0].kind in ("lecture", "slide")
    assert all(text in answer.text for text in texts)


@pytest.mark.parametrize(
    ("question", "lectures"),
    [("マルチヘッドアテンションの役割と、マスクをかける理由を教えてください", {7, 1}),
     ("NPTはどんなデータセットで評価されて、XGBoostと比べて勝ったの？", {7})],
)  # fmt: skip
def test_japanese_parts_that_are_told_or_checked(notes_only, question, lectures):
    cited = notes_only.answer(question).citations
    assert {one.lecture for one in cited} == lectures and len(cited) == 2


def test_the_closest_moment_of_a_part_is_told_and_not_only_named(notes_only):
    answer = notes_only.answer("tokens get dropped in switch transformer right? does that hurt")
    assert "the closest moment says: No Token Left Behind" in answer.text


@pytest.mark.parametrize(
    "question",
    ["which lecture should i watch first if i know nothing about transformers",
     "What lecture do I begin with, having zero knowledge?",
     "知識ゼロの人はどの講義から見るべき？"],
)  # fmt: skip
def test_advice_is_given_where_a_question_for_a_lecture_names_no_topic(notes_only, question):
    answer = notes_only.answer(question)
    assert answer.citations[0].kind == "slide" and "1" in answer.text


@pytest.mark.parametrize(
    ("question", "second"),
    [("QK回路とOV回路ってそれぞれ何？なんで分けて考えるの？", "なんで分けて考えるの？"),
     ("カプセルネットのどこがまずかったのか、あとGLOMに生物学的な根拠はあるのか？",
      "GLOMに生物学的な根拠はあるのか？"),
     ("NPTの学習目的と、それがBERTに似ている理由？", "それがBERTに似ている理由？"),
     ("単語どうしを見るだけだと足りなくて、間に普通のネットワーク挟んでるのはなんで？", None),
     ("何が問題なのか、よく分からないのですか？", None)],
)  # fmt: skip
def test_japanese_questions_with_two_parts(question, second):
    parts = two_parts(question)
    assert (parts and parts[1]) == second


@pytest.mark.parametrize(
    ("before", "question", "said"),
    [("What is NPT?", "Who gave the talk?", "Lecture 7, "),
     ("What is GLOM?", "how long is that lecture", "52:48"),
     ("GLOMとは何ですか", "その講義は誰が話してるの？", "Hinton"),
     ("Summarise lecture 10", "who is the speaker of this video", "Verma")],
)  # fmt: skip
def test_the_lecture_is_that_of_the_answer_before(index, before, question, said):
    assert said in index.answer(question, context=index.answer(before)).text


@pytest.mark.parametrize(
    "question",
    ["その回路は何をするの？", "how are the video frames read", "what is the class token"],
)
def test_a_word_of_the_subject_is_no_lecture(question):
    assert not THE_LECTURE.search(question)


def test_a_fact_answers_the_second_part(notes_only):
    text = notes_only.answer("how was the attention paper written, who was the intern").text
    assert "2 AM" in text and "intern" in text and "Gomez" in text
