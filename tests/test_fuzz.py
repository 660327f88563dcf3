"""Generated questions, links, decks, cookies and answers of models; make fuzz tries 10,000 each."""

import contextlib
import os
import re
from pathlib import Path

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cs25search.answers.written import _SUSPECT, read_sentences
from cs25search.errors import DeckError, LinkError, QuestionError
from cs25search.question.cleanup import main_question, topic_of, whole_question, without_talk
from cs25search.question.read import MAX_QUERY, clean_question
from cs25search.question.translate import translate
from cs25search.text.clean import clean
from cs25search.text.highlight import marks
from cs25search.text.japanese import is_japanese, japanese_words
from cs25search.text.ngrams import bigrams, ngrams
from cs25search.text.sentences import split_sentences
from cs25search.text.words import words
from cs25search.ui.views.html import mark_spans
from cs25search.ui.views.markup import escape_markup
from ingest.captions.files import NAME, Origin, _names
from ingest.deck.parse import parse_deck
from ingest.youtube.cookies import _is_cookie
from ingest.youtube.failures import explain_message
from ingest.youtube.links import parse_playlist_id, parse_video_id

generated = settings(max_examples=int(os.environ.get("CS25_FUZZ_EXAMPLES", "50")))
anything = st.text(st.characters(codec=None), max_size=200)

# Questions

ASKED = anything | st.lists(
    st.sampled_from(
        [
            "why",
            "GPT-3",
            "pass@k",
            "DT",
            "注意機構",
            "は",
            "ﾊﾝｶｸ",
            "\u0301",
            "\u202e",
            "\ud800",
            "\0",
        ]
    )
    | anything,
    max_size=20,
).map(" ".join)


@generated
@given(ASKED)
@example(":")  # no word, and so no n-gram of words
@example("㐀¼¹")  # longer when folded
def test_any_question_is_checked_cut_and_marked(text: str) -> None:
    try:
        query = clean_question(text)
    except QuestionError:
        return
    assert query.isprintable() and 0 < len(query) <= MAX_QUERY
    assert clean_question(query) == query
    query.encode("utf-8")
    for part in (f(query) for f in (without_talk, main_question, whole_question, topic_of)):
        assert part.strip() and set(part) <= set(query)
    assert isinstance(is_japanese(query), bool) and words(query) is not None
    assert all(one.text and one.weight > 0 for one in translate(query, lambda form: (form,)))
    assert all(ngrams(query)) or not words(query)
    assert all(bigrams(query)) and all(japanese_words(query))
    shown = clean(text)
    spans = marks(query, shown)
    assert all(0 <= begin < end <= len(shown) for begin, end in spans)
    mark_spans(shown, spans)


@generated
@given(anything)
def test_sentences_lose_no_letter(text: str) -> None:
    letters = re.sub(r"\s", "", text)
    assert re.sub(r"\s", "", "".join(split_sentences(text))) == letters


@generated
@given(anything)
def test_escaped_text_holds_no_mark(text: str) -> None:
    shown = escape_markup(text)
    assert not re.search(r"[<>\[\]()*_`$~|\\!]", shown)
    assert not re.search(r"://|\n", shown)
    shown.encode("utf-8")


# Links

PART = st.sampled_from(
    ["https://", "http://", "file://", "//", "www.", "youtube.com", "youtu.be", "evil.example", "@",
     ":", ":8443", "/", "\\", "?v=", "&", "#", "%", "%00", "%2f", "watch", "embed/", "list=", "..",
     "U8J32Z3qV8s", "PLoROMvodv4rNiJRchCz", "。", "\0", "\n", " ", "[::1]", "127.0.0.1"]
)  # fmt: skip
LINKS = st.lists(PART | st.text(max_size=5), max_size=12).map("".join)


@generated
@given(LINKS | anything)
@example("@watch")  # a channel's handle
@example("https://youtube.com//c//watch/videos")
@example("UC" + "x" * 22)
def test_any_link_is_an_id_or_an_error(link: str) -> None:
    for parse in (parse_video_id, parse_playlist_id):
        try:
            found = parse(link)
        except LinkError as error:
            assert len(str(error)) < 1000
        else:
            assert parse(found) == found and re.fullmatch(r"[\w@/.-]{4,80}", found, re.A)
            named = re.sub("^UU|^(c|user)/", "", found)  # the uploads of a channel, its name
            assert named in link


@generated
@given(LINKS | anything, anything)
def test_any_name_of_a_file_stays_in_its_folder(name: str, video_id: str) -> None:
    for one in (name, f"{name}.srt", f"U8J32Z3qV8s.{name}.json3", f"U8J32Z3qV8s.en-{name}.vtt"):
        if NAME.fullmatch(one):
            assert Path(one).name == one and len(one) < 255
        if _names(Origin(video_id, "local", one, "")):
            assert NAME.fullmatch(one) and one.startswith(f"{video_id}.")


# Decks, cookies, sidecars, messages

DECK = st.lists(
    st.sampled_from(
        ["Transcript\n", "  1. ", "  2. ", "\n", "1. ", "2. ", "★", "(10:00)", "(1:05:44)", "(",
         ")", "Speaker: ", "Topics", "Contents", "Speakers Ada (X) Topics", "•", "*1", "Title ",
         "    "]
    )
    | st.text(max_size=10),
    max_size=60,
).map("".join)  # fmt: skip


@generated
@given(DECK | anything)
def test_any_text_is_a_deck_or_a_deck_error(text: str) -> None:
    try:
        deck = parse_deck(text)
    except DeckError as error:
        assert error.reason
    else:
        assert [slide.number for slide in deck.slides] == list(range(1, len(deck.slides) + 1))
        assert all(lecture.duration >= 0 for lecture in deck.lectures)


@generated
@given(anything)
def test_any_line_is_a_cookie_or_not(line: str) -> None:
    assert _is_cookie(line) in (True, False)


@generated
@given(st.binary(max_size=200))
def test_any_sidecar_is_an_origin_or_an_error(data: bytes) -> None:
    with contextlib.suppress(msgspec.DecodeError):
        msgspec.json.decode(data, type=Origin)


@generated
@given(anything)
def test_any_message_of_a_client_has_a_cause_and_a_cure(message: str) -> None:
    failure = explain_message(message)
    assert failure.cause and failure.cure


# What a language model writes

WRITTEN = st.lists(
    st.sampled_from(
        ["It is float32. ", "[1]", "[1, 2]", "[999]", "[1](", "](", "http://evil.example", "<b>",
         "<", "![x](", ")", "<script>", "</script>", "\n", "- ", "1. ", "**", "`", "NO ANSWER",
         "javascript:", "。", "&lt;", "[1]: ", "evil.com", "\u202e", "\ud800"]
    )
    | st.text(max_size=8),
    max_size=30,
)  # fmt: skip


@generated
@given(WRITTEN)
def test_any_pieces_of_a_model_are_the_same_sentences_in_one_or_in_many(pieces: list[str]) -> None:
    streamed = list(read_sentences(iter(pieces)))
    for text, ids in streamed:
        assert all(0 <= one <= 999 for one in ids)
        assert "\n" not in text
        if not _SUSPECT.search(text):  # llm.py drops those it finds
            assert "://" not in text and "](" not in text and "<" not in text
