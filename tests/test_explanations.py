"""Answers to what people ask about the lectures, written from the notes."""

import json
import re

import pytest
from msgspec.structs import replace

from benchmarks import told
from cs25search.course.explanations import FOLDER
from cs25search.course.read import load_course
from cs25search.errors import IndexDamaged
from cs25search.formats import answer_json, answer_lines, answer_markdown
from cs25search.index.explanations import build_explanations, no_explanations
from cs25search.index.files import read_generation, write_generation
from cs25search.place import BUNDLED
from cs25search.ranking.explanations import Near, nearest_in_turn, nearest_of_part
from cs25search.ranking.filters import Filters
from cs25search.ranking.searcher import LOOKED_AT
from cs25search.records import Explanation, Part
from cs25search.search import Request
from cs25search.text.japanese import is_japanese
from cs25search.wording import WRITTEN_BEFOREHAND

ITEMS = load_course().explanations
ASKS = {"en": "asks", "ja": "asks_ja"}
SAID = [item for item in ITEMS if item.is_said]
# An answer that begins so has a noun that is not shown.
DANGLING = re.compile(
    r"(?:It|This|They|These|Those|However|Also|Further|Moreover|In addition)\b"
    r"|また|それ|これ|さらに|しかし|そのため"
)


def test_each_is_asked_for_in_both_languages_and_short():
    for item in ITEMS:
        assert 2 <= len(item.asks) <= 20
        assert 2 <= len(item.asks_ja) <= 20
        assert not any(map(is_japanese, item.asks)), item.asks
        assert all(map(is_japanese, item.asks_ja)), item.asks_ja
        assert 1 <= len(item.parts) <= 3
        assert sum(len(part.text.split()) for part in item.parts) <= 85, item.asks[0]
        assert sum(len(part.text_ja) for part in item.parts) <= 260, item.asks[0]


def test_each_begins_with_its_subject_and_names_its_notes():
    for item in SAID:
        assert all(part.notes for part in item.parts)
        assert not DANGLING.match(item.parts[0].text), item.parts[0].text
        assert not DANGLING.match(item.parts[0].text_ja), item.parts[0].text_ja
        assert all(part.text.endswith((".", "!", "?", ")")) for part in item.parts)


def test_the_file_of_a_lecture_cites_its_notes_alone():
    """So that a course with some of the lectures can keep their files."""
    for path in sorted((BUNDLED / FOLDER).glob("[01]*.json")):
        cited = re.findall(r'"(\d+):\d+"', path.read_text("utf-8"))
        assert set(cited) == {str(int(path.stem))}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_no_question_is_asked_of_two(language):
    asks = [ask.casefold() for item in ITEMS for ask in getattr(item, ASKS[language])]
    assert len(asks) == len(set(asks)) > 4 * len(ITEMS)


@pytest.mark.parametrize(
    ("question", "says", "lecture"),
    [("why does switch transformer send each token to just one expert?", "simple", 5),
     ("アテンションのquery、key、valueってそれぞれ何を表してるの？", "バリュー", 1),
     ("what did they change between perceiver and perceiver io", "output", 6),
     ("ヒントンの言う「島」って何", "ベクトル", 8),
     ("what is the residual stream", "add", 9)],
)  # fmt: skip
def test_what_people_ask_is_answered_directly(index, question, says, lecture):
    answer = index.answer(question)
    assert answer.status == "answered"
    assert says in answer.text
    assert answer.citations[0].lecture == lecture
    assert {one.kind for one in answer.citations} == {"note"}
    assert all(sentence.citations for sentence in answer.sentences)


def test_what_the_lectures_leave_unsaid_is_said_with_the_closest_moments(index):
    answer = index.answer("why do you divide by sqrt(d_k) in the attention formula?")
    assert answer.status == "partly"
    assert not answer.sentences
    assert answer.text == answer.unsaid
    assert "scaled dot product" in answer.unsaid
    assert is_japanese(answer.unsaid_ja)
    assert answer.citations[0].lecture == 1
    japanese = index.answer("注意の計算でなぜ√d_kで割るのですか？")
    assert japanese.text == japanese.unsaid_ja


def test_a_comparison_has_two_sides_each_with_its_moment(index):
    answer = index.answer("What is the difference between BERT and GPT?")
    sides = dict.fromkeys(sentence.side for sentence in answer.sentences)
    assert len(sides) == 2
    assert len(answer.text.splitlines()) == 2


def test_a_name_that_an_explanation_lacks_keeps_it_away(index):
    """What the drawbacks of something else are does not answer."""
    asked = index.answer("GLOMはImageNetでどれだけの精度に達しますか？")
    assert "Perceiver" not in asked.text
    drawbacks = index.answer("What are the drawbacks of the Switch Transformer?")
    assert {one.lecture for one in drawbacks.citations} == {5}


@pytest.mark.parametrize("question", ["What is the residual stream?", "MoEとは何ですか"])
def test_filters_hold_for_every_moment_of_an_explanation(index, question):
    answer = index.answer(question, lectures=[6])
    assert {one.lecture for one in answer.citations} <= {6}
    asked = index.answer_request(Request(question, Filters(qa=True)))
    starts = {(one.video_id, one.start) for one in asked.citations}
    notes = {(c.video_id, c.start) for c in index.generation.chunks if c.kind == "note" and c.qa}
    assert starts <= notes


def test_an_explanation_of_one_part_does_not_answer_both(index):
    answer = index.answer("What is a skip trigram, and what is a Necker cube?")
    assert {one.lecture for one in answer.citations} == {8, 9}


def test_an_explanation_of_both_parts_answers_alone(index):
    asked = "Isn't this just behaviour cloning? How does the Decision Transformer differ?"
    assert {one.lecture for one in index.answer(asked).citations} == {4}


def test_what_is_unsaid_of_one_part_is_its_answer(index):
    answer = index.answer("How many parameters does GPT-3 have, and who wrote HumanEval?")
    assert "175 billion" in answer.text
    assert "The lectures do not" in answer.text or "I found no answer" in answer.text


def test_more_is_told_by_another_explanation(index):
    first = index.answer("What is the residual stream?")
    more = index.answer("tell me more", context=first)
    assert more.status == "answered"
    assert more.text != first.text
    assert {(c.video_id, c.start) for c in more.citations} - {
        (c.video_id, c.start) for c in first.citations
    }


def test_without_explanations_the_notes_answer(notes_only):
    answer = notes_only.answer("What is the residual stream?")
    assert answer.sentences[0].body.startswith("The residual stream is what")


def test_the_same_ones_are_not_encoded_again(index):
    held = index.generation.explanations
    assert build_explanations(held.items, index.encoder, held) is held
    new = Explanation(("Is it new?",), ("新しい？",), (Part("Yes.", "はい。", ()),), False)

    class OnlyNew:
        dim = index.encoder.dim

        def encode_documents(self, texts):
            assert texts == ["Is it new?"]
            return index.encoder.encode_documents(texts)

    more = build_explanations((*held.items[:20], new), OnlyNew(), held)
    assert (more.tokens[: more.ends[-2]] == held.tokens[: more.ends[-2]]).all()


def test_an_index_of_an_earlier_version_has_none(index, tmp_path):
    write_generation(tmp_path, index.generation)
    generation = read_generation(tmp_path)
    assert generation.explanations.items == index.generation.explanations.items
    folder = tmp_path / generation.manifest.generation
    (folder / "explanations.jsonl").write_bytes(b"{}\n")
    with pytest.raises(IndexDamaged, match=r"explanations\.jsonl"):
        read_generation(tmp_path)


def test_none_can_be_written_and_read(index, tmp_path):
    write_generation(tmp_path, replace(index.generation, read_explanations=no_explanations))
    assert read_generation(tmp_path).explanations.items == ()


def test_a_comparison_that_answers_one_part_is_shown_with_the_other(index):
    """Its sides are those of the comparison, not of the two parts."""
    answer = index.answer("Codexは何で学習したか、またGPT-3とはどう違うか知りたい")
    assert not any(sentence.side for sentence in answer.sentences)
    for sentence in answer.sentences:
        assert sentence.text in answer.text


def test_a_question_that_names_the_speaker_is_not_answered_with_who_that_is(index):
    answer = index.answer("What audio front end does Prateek Verma use instead of spectrograms?")
    assert "front end" in answer.text


def test_more_hits_than_asked_for_are_built_for_explanations_alone(index, notes_only):
    question = "What is the residual stream?"
    assert len(index.find(question).hits) == len(notes_only.find(question).hits) == 5
    assert len(index.find(question).wide) == LOOKED_AT
    assert notes_only.find(question).wide == ()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_terminal_and_markdown_say_that_an_explanation_was_written_beforehand(
    index, notes_only, language
):
    question = {"en": "What is the residual stream?", "ja": "残差ストリームとは"}[language]
    said = WRITTEN_BEFOREHAND[language == "ja"]
    explained, extract = index.answer(question), notes_only.answer(question)
    for shown in (answer_markdown, lambda answer: [one.text for one in answer_lines(answer)]):
        assert any(said in one for one in (shown(explained), *shown(explained)))
        assert not any(said in one for one in (shown(extract), *shown(extract)))
    by_model = replace(explained, model="little-model")
    assert said not in answer_markdown(by_model)
    written = "written_beforehand"
    assert answer_json(explained)[written]
    assert not {written} & {*answer_json(extract), *answer_json(by_model)}


@pytest.mark.parametrize(
    ("question", "follow_up", "said"),
    [("pass@k meaning", "how do u calculate it", "estimator"),
     ("Image GPTって何をしたもの？", "どうやって学習するの？", "次のピクセル"),
     ("what is decision transformer", "who did it?", "Chen")],
)  # fmt: skip
def test_a_follow_up_is_not_told_the_same_again(index, question, follow_up, said):
    first = index.answer(question)
    second = index.answer(follow_up, context=first)
    assert second.understood
    assert second.text != first.text
    assert re.search(said, second.text)


@pytest.mark.parametrize(
    ("question", "follow_up", "said"),
    [("attention between datapoints", "does it still work on big datasets", "mini-batches"),
     ("what are islands of agreement in GLOM", "how do they form over time", "weighted average"),
     ("what is a learned front end for audio", "why is it better than a spectrogram", "adapt"),
     ("強化学習を系列モデリングとして解くとは", "何がうれしいの", "信用割り当て"),
     ("ViTのクラストークンの役割", "平均プーリングじゃだめなの", "講義では述べられていません"),
     ("NPTのマスク学習の仕組み", "BERTと同じと考えていい?", "この考えを借り")],
)  # fmt: skip
def test_a_follow_up_is_compared_alone_and_with_its_subject(index, question, follow_up, said):
    """With the subject alone, most of these are told again; without it, another one is found."""
    first = index.answer(question)
    second = index.answer(follow_up, context=first)
    assert said in second.text
    assert second.text != first.text


def test_the_subject_is_no_part_of_a_question_with_two_parts(index):
    """データ点どうしで...について、本当に... would be two questions; the first was answered."""
    first = index.answer("データ点どうしで注意を向けるって何をしてるの")
    second = index.answer("本当に他の行を見ているとどうやって確かめたんですか", context=first)
    assert "他の行" in second.text
    assert "属性" not in second.text


def test_notes_do_not_retell_what_was_told(index):
    second = index.answer("なくても大丈夫?", context=index.answer("ViTのクラストークンの役割"))
    assert (second.status, second.sentences) == ("partly", ())
    assert second.citations


@pytest.mark.parametrize(
    ("before", "question", "said"),
    [("capacity factorという言葉が分かりません…", "大きくすると何がまずいの？", "容量係数"),
     ("residual streamがよくつかめません。", "それだと何が嬉しいんでしょうか？", "残差ストリーム"),
     ("why did olah's team look at attention-only models",
      "does any of it carry over to real ones", "Large models also have induction heads")],
)  # fmt: skip
def test_a_second_question_that_names_nothing_is_told_of_the_same(index, before, question, said):
    second = index.answer(question, context=index.answer(before))
    assert second.is_explanation
    assert said in second.text


@pytest.mark.parametrize(
    ("question", "said"),
    [("Why self-attention?", "distant context"), ("キャパシティファクターって何", "容量係数とは"),
     ("GPU1台しかなくても役に立つの？", "2コア")],
)  # fmt: skip
def test_the_very_question_and_names_in_other_forms_are_found(index, question, said):
    answer = index.answer(question)
    assert answer.is_explanation
    assert said in answer.text


def test_what_was_told_is_not_told_again_and_other_lectures_come_later():
    told, close, far = (
        Explanation((name,), (), (Part(name, name, ((video, 1.0),)),))
        for name, video in (("told", "one"), ("close", "one"), ("far", "two"))
    )
    whole = [_near(told, 1.6), _near(far, 1.4), _near(close, 1.38)]
    near = nearest_in_turn(whole, whole, [told], ["one"])
    assert [one.item for one in near] == [close, far]
    alone = [_near(far, 2.0), _near(told, 0.0), _near(close, 0.0)]
    assert nearest_in_turn(whole, alone, [], ["one"])[0].item == far
    assert nearest_in_turn(whole, whole, [], ["one"])[0].item == told


def test_what_a_question_lacks_takes_nothing_away_in_a_conversation():
    lacking, having = (
        Near(item, score, likeness=likeness)
        for item, score, likeness in ((SAID[0], 0.4, 1.0), (SAID[1], 1.3, 0.9))
    )
    near = nearest_in_turn([having, lacking], [having, lacking], [], [])
    assert [one.item for one in near] == [SAID[0], SAID[1]]


def _near(item: Explanation, likeness: float) -> Near:
    return Near(item, likeness, likeness=likeness)


def test_the_second_part_is_compared_as_completed_as_typed_and_with_the_whole_question():
    first, second = SAID[0], SAID[1]
    part = [_near(first, 1.0), _near(second, 0.9)]
    assert [one.item for one in nearest_of_part(part, part, part, [])] == [first, second]
    whole = [_near(second, 1.5), _near(first, 0.5)]
    assert [one.item for one in nearest_of_part(part, part, whole, [])] == [second, first]
    # One that is not near the whole question counts as the last that is.
    near = nearest_of_part(part, part, [_near(second, 1.5)], [])
    assert [one.item for one in near] == [first, second]
    assert nearest_of_part([], [], [], []) == []


@pytest.mark.parametrize(
    ("question", "said"),
    [("FlashAttentionの話も出てきますか", "FlashAttentionは、講義では述べられていません"),
     ("does Mamba have induction heads", "do not say anything about Mamba"),
     ("price per token of the gpt-4 api", "do not say anything about ChatGPT or GPT-4"),
     ("GPT-4とGPT-3では何が変わりましたか", "講義では述べられていません"),
     ("What is GPT-5?", "I found no answer")],
)  # fmt: skip
def test_a_name_that_no_moment_has_is_said_to_be_missing(index, question, said):
    answer = index.answer(question)
    assert answer.status == "not_in_lectures"
    assert not answer.sentences
    assert said in answer.text


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [("系列が長いとき計算を軽くする工夫は？FlashAttentionの話も出てくる？", "BigBird",
      "FlashAttentionは、講義では述べられていません"),
     ("What is GLOM, and has Hinton actually built it?", "imaginary", "has not been built"),
     ("PerceiverとPerceiver IOの違いは？後者はどんなタスクに使えるの？",
      "出力クエリ", "マスク言語モデリング"),
     ("目標の報酬を高くしすぎるとどうなる？学習データより良い成績は出せるの？",
      "頭打ち", "Seaquest")],
)  # fmt: skip
def test_two_questions_are_both_answered_with_or_without_a_joining_word(
    index, question, first, second
):
    text = index.answer(question).text
    assert first in text
    assert second in text


@pytest.mark.parametrize(
    "question",
    ["most difficult lecture and why", "Where do I find the reading list?", "おすすめの講義どれ",
     "一番わかりやすい回は?", "英語苦手なんですけど字幕ありますか"],
)  # fmt: skip
def test_a_question_about_the_course_is_whole_in_any_conversation(index, question):
    asked = index.answer(question, context=index.answer("What is a skip trigram?"))
    assert not asked.understood
    assert asked.text == index.answer(question).text


@pytest.mark.parametrize(
    ("question", "follow_up", "fact"),
    [("HumanEvalってなに", "何問あるの？", "164"), ("what is pass@k", "and why?", "samples")],
)
def test_what_was_told_is_told_again_if_it_is_what_is_asked(index, question, follow_up, fact):
    assert fact in index.answer(follow_up, context=index.answer(question)).text


def test_a_follow_up_that_names_nothing_is_about_the_subject_an_explanation_says(index):
    """Alone it finds the same lecture, but nothing there is as near."""
    answer = index.answer("手で決めるんじゃだめなの", context="ViTの位置埋め込み")
    assert "ViTの位置埋め込み" in answer.understood
    assert "学習型" in answer.text
    whole = "Why is it hard for a neural network to represent a parse tree?"
    assert not index.answer(whole, context="What is a skip trigram?").understood


@pytest.mark.parametrize(
    ("question", "said"),
    [("Decision Transformerには何を入力する？", "状態"),
     ("音声をベクトル量子化するってどういうこと", "コード|クラスタ"),
     ("オプティカルフローでPerceiver IOはどれくらいの精度?", "Sintel")],
)  # fmt: skip
def test_what_is_taught_an_explanation_says_before_an_entry_about_its_lecture(
    index, question, said
):
    answer = index.answer(question)
    assert answer.is_explanation
    assert re.search(said, answer.text)


def test_about_a_lecture_its_entry_answers(index):
    for question in ("is the Hinton one hard to follow", "how long is the audio lecture"):
        assert {one.kind for one in index.answer(question).citations} <= {"lecture", "slide"}


@pytest.mark.parametrize(
    ("question", "follow_up", "said"),
    [("RNNってなにがダメだったの", "transformerだとなんで平気なの", "並列"),
     ("クラストークン 何のため", "平均プーリングじゃだめなの", "述べられていません")],
)  # fmt: skip
def test_a_follow_up_that_names_something_is_about_the_subject_if_that_is_clearly_nearer(
    index, question, follow_up, said
):
    answer = index.answer(follow_up, context=question)
    assert answer.understood
    assert said in answer.text
    assert not index.answer(question, context="What is a Necker cube?").understood


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [("What is a mixture of experts layer and how does the router pick an expert?",
      "layer made of several experts", "softmax"),
     ("how does contrastive learning work and what problem does Hinton see with it for whole "
      "scenes", "two crops of one image", "confuses scenes with objects"),
     ("How does NPT mask its inputs during training, and why does it also predict masked "
      "features?", "test targets", "regularises"),
     ("GLOMでアテンションはどう使われていて、それは普通のTransformerとどこが違うのですか？",
      "softmax", "線形変換")],
)  # fmt: skip
def test_each_part_is_told_by_an_explanation_of_its_own(index, question, first, second):
    text = index.answer(question).text
    assert first in text
    assert text.index(first) < text.index(second)


def test_an_explanation_asked_for_both_parts_is_told_once(index):
    answer = index.answer("Perceiverはどんなデータを入れられる？計算量は入力が長くなるとどうなる？")
    assert "自己注意は全入力同士" not in answer.text
    assert "O(MN)" in answer.text


@pytest.mark.parametrize(
    "question",
    ["what is the residual stream and who won the world cup?",
     "What is self-attention and why do we divide by the square root of the dimension?"],
)  # fmt: skip
def test_one_part_is_answered_where_the_other_has_no_answer(index, question):
    answer = index.answer(question)
    assert answer.status == "answered"
    assert "I found no answer to" in answer.text


def test_two_parts_that_are_left_unsaid_are_no_answer(index):
    asked = (
        "how much does it cost to train a switch transformer and how many gpus do I need at home"
    )
    assert index.answer(asked).status != "answered"


def test_notes_do_not_tell_the_second_part_what_their_explanation_told_the_first(index):
    answer = index.answer("What is a consensus embedding and who thought of it?")
    assert answer.text.count("weighted average") == 1
    assert "I found no answer to “Who thought of it”" in answer.text


def test_judged_questions_name_explanations_of_the_course():
    known = {item.asks[0] for item in ITEMS}
    file = json.loads(told.FILE.read_text(encoding="utf-8"))
    parts = [one[part] for one in file["two_parts"] for part in ("first", "second")]
    for one in (*file["questions"], *parts):
        assert {*one["full"], *one["part"]} <= known
    assert all(
        one["q"] and one["lang"] in ("en", "ja") for one in (*file["questions"], *file["two_parts"])
    )


def test_judged_conversations_name_explanations_of_the_course():
    known = {item.asks[0] for item in ITEMS}
    for one in json.loads(told.CONVERSATIONS.read_text(encoding="utf-8"))["questions"]:
        assert one["full"] and {*one["full"], *one["part"]} <= known
        assert one["q"] and one["then"] and one["lang"] in ("en", "ja")


def test_how_explanations_answer_is_counted_by_what_is_shown(index, monkeypatch, tmp_path):
    ask = "What is the residual stream?"
    other = "What are islands of agreement in GLOM?"
    asked = [
        {"q": f"so {ask}", "lang": "en", "full": [ask], "part": []},
        {"q": f"so {ask}", "lang": "en", "full": [], "part": [other]},
        {"q": ask, "lang": "en", "full": [], "part": []},
    ]
    file = tmp_path / "asked.json"
    file.write_text(json.dumps({"questions": asked}), encoding="utf-8")
    monkeypatch.setattr(told, "FILE", file)
    assert told.measure(index) == {"single, en": {"full": 1, "another explanation": 1}}


def test_parts_are_counted_by_the_explanations_shown(index, monkeypatch, tmp_path):
    first, second = "What is the residual stream?", "What are islands of agreement in GLOM?"
    asked = {
        "q": f"{first} {second}",
        "lang": "en",
        "first": {"full": [first], "part": []},
        "second": {"full": [second], "part": []},
    }
    other = {**asked, "second": {"full": ["What is GLOM?"], "part": []}}
    file = tmp_path / "asked.json"
    file.write_text(json.dumps({"two_parts": [asked, other]}), encoding="utf-8")
    monkeypatch.setattr(told, "FILE", file)
    assert told.measure_parts(index) == {
        "two parts, en": {"both parts in full": 1, "one in full": 1}
    }


def test_what_lacks_the_number_asked_for_answers_if_nothing_has_it(index):
    answer = index.answer("how big is it", context="perceiver latent array")
    assert "hyperparameter" in answer.text


def test_what_the_question_alone_finds_answers_in_a_conversation_too(index):
    answer = index.answer(
        "how many layers do you need for one", context="what is an induction head"
    )
    assert "Two layers" in answer.text


@pytest.mark.parametrize(
    ("question", "sides"),
    [("What is the difference between Switch Transformer and Perceiver?",
      ("Switch Transformer", "Perceiver")),
     ("Switch TransformerとPerceiverの違いは？", ("Switch Transformer", "Perceiver")),
     ("Decision Transformer vs NPT", ("Decision Transformer", "NPT"))],
)  # fmt: skip
def test_a_comparison_is_answered_about_both_things_and_no_other(index, question, sides):
    shown = dict.fromkeys(one.side for one in index.answer(question).sentences)
    assert tuple(shown) == sides


def test_no_explanation_begins_with_yes_or_no():
    """It would deny what it affirms, where people ask the same the other way round."""
    began = re.compile(r"(?:Yes|No)[,:.]|Yes in|(?:はい|いいえ)[、。]|本当である|その通り")
    parts = [part for item in ITEMS for part in item.parts]
    assert [x.text for x in parts if began.match(x.text) or began.match(x.text_ja)] == []
