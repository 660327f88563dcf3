"""A hit as strings: language, quotes, what is missing."""

import pytest
from msgspec.structs import replace

from cs25search.records import Chunk, Cue, Hit, Slide, Video
from cs25search.ui.views import moment

VIDEO = Video("abcdefghijk", "Scaling *it*", ("Ann Lee", "Bo [Ng]"), 4000, 5, "スケーリング")
NOTE = Chunk(
    "abcdefghijk:3723n", "abcdefghijk", 3723, 3790, "The routers need float32.", "note",
    title="Router", text_ja="ルータにはfloat32が必要である。", title_ja="ルータ",
)  # fmt: skip
SPOKEN = Chunk("abcdefghijk:3700t", "abcdefghijk", 3700, 3760, "so *um* the router", "transcript")
SLIDE = Slide(18, 5, "A $title$", "A summary", "https://deck.example?slide=18", "題", "要約")


def hit(chunk: Chunk, note: Chunk | None = NOTE) -> Hit:
    return Hit(VIDEO, chunk, note, 3723.9, 3790, chunk.text, SLIDE, 1.0, 1)


def test_video_line_has_number_title_and_speakers_escaped():
    line = moment.video_line(VIDEO, "en")
    assert line == "**Lecture 5 · Scaling &#42;it&#42;** · Ann Lee&#44; Bo &#91;Ng&#93;"
    assert moment.video_line(VIDEO, "ja").startswith("**第5回 · スケーリング** · Ann")


def test_video_outside_the_deck_has_neither_number_nor_surplus_dots():
    panel = Video("abcdefghijk", "Panel", (), 100)
    assert moment.video_line(panel, "en") == "**Panel**"
    assert moment.video_line(panel, "ja") == "**Panel**"


def test_note_is_shown_in_the_readers_language_with_words_marked():
    assert moment.labelled_texts(hit(NOTE), "router float32", "en") == [
        (
            "Study note",
            "The <mark>routers</mark> need <mark>float32</mark>.",
        )
    ]
    assert moment.labelled_texts(hit(NOTE), "なぜfloat32？", "ja") == [
        ("学習メモ", "ルータには<mark>float32</mark>が必要である。")
    ]


def test_speech_is_quoted_as_it_was_said_and_a_translated_note_comes_before_it():
    said = "so *um* the <mark>router</mark>"
    english = moment.labelled_texts(hit(SPOKEN), "router", "en")
    assert [label for label, _ in english] == ["Said in the lecture", "Study note"]
    assert english[0][1] == said
    japanese = moment.labelled_texts(hit(SPOKEN), "router", "ja")
    assert [label for label, _ in japanese] == ["学習メモ", "講義での発言"]
    assert japanese[1][1] == said


def test_speech_without_a_note_stands_alone():
    assert len(moment.labelled_texts(hit(SPOKEN, None), "router", "ja")) == 1


def test_words_are_marked_where_they_are_in_text_with_odd_blanks():
    odd = hit(replace(SPOKEN, text="the\n\n router\u200b  said"), None)
    text = moment.labelled_texts(odd, "router", "en")[0][1]
    assert text == "the <mark>router</mark> said"


def test_link_opens_youtube_at_the_moment():
    assert moment.watch_link(hit(NOTE)) == "https://youtu.be/abcdefghijk?t=3723"


def test_markdown_to_paste_has_quote_link_and_slide_and_keeps_its_brackets():
    assert moment.as_markdown(hit(SPOKEN), "en").splitlines() == [
        r"> so \*um\* the router",
        "",
        r"[Lecture 5 · Scaling \*it\*, 1:02:03](https://youtu.be/abcdefghijk?t=3723)",
        r"[Slide 18: A \$title\$](https://deck.example?slide=18)",
    ]
    assert moment.as_markdown(hit(NOTE), "ja").startswith("学習メモ: ルータには")


def test_a_line_of_speech_on_each_side_of_the_quote():
    cues = [Cue(start, start + 10, f"line {start}") for start in range(0, 60, 10)]
    quoted, before, after = (
        replace(SPOKEN, cues=tuple(cues[a:b])) for a, b in ((2, 4), (0, 3), (3, 6))
    )
    assert moment.lines_around(quoted, [before, after]) == ("line 10", "line 40")
    assert moment.lines_around(quoted, []) == ("", "")


@pytest.mark.parametrize(
    ("captions", "shown"),
    [
        ("manual", ("", "")),
        ("local", ("", "")),
        ("", ("", "")),
        ("automatic", ("automatic captions", "自動認識の字幕")),
        ("automatic, a<b", ("automatic captions, a&lt;b", "自動認識の字幕, a&lt;b")),
        ("dubbed", ("captions of an automatically dubbed soundtrack", "自動吹き替え音声の字幕")),
        ("machine-translated", ("machine-translated captions", "機械翻訳の字幕")),
    ],
)
def test_captions_made_by_a_machine_are_marked_in_both_languages(captions, shown):
    spoken = hit(SPOKEN)
    spoken = replace(spoken, video=replace(spoken.video, captions=captions))
    assert (moment.spoken_by(spoken, "en"), moment.spoken_by(spoken, "ja")) == shown


def test_badge_is_for_what_the_audience_asked():
    assert not moment.is_qa(hit(SPOKEN))
    assert moment.is_qa(hit(SPOKEN, replace(NOTE, qa=True)))


def test_long_speech_is_shown_around_the_words_and_whole_when_unfolded():
    said = "so " * 300 + "the router runs in float32 " + "and " * 300
    spoken = replace(SPOKEN, text=said, cues=())
    shown = moment.labelled_texts(replace(hit(spoken), quote=said), "router", "en")
    assert [label for label, _ in shown] == [
        "Said in the lecture", "All that is said here", "Study note",
    ]  # fmt: skip
    assert "<mark>router</mark> runs in float32" in shown[0][1] and len(shown[0][1]) < 350
    assert shown[1][1].count("and ") >= 299
    assert [label for label, _ in moment.labelled_texts(
        replace(hit(spoken), quote=said), "router", "ja"
    )] == ["学習メモ", "講義での発言"]  # fmt: skip
