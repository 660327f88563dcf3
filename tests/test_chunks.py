"""Chunks: every word is in a window; windows have a reasonable size and end at pauses."""

import os
import time
from itertools import pairwise

from conftest import measures_time
from hypothesis import given, settings
from hypothesis import strategies as st

from cs25search.records import Chunk, Cue, Word
from ingest.captions.parse import parse_captions
from ingest.chunks import LONGEST_CUE_WORDS, REACH_WORDS, WINDOW_WORDS, build_chunks, count_words

generated = settings(max_examples=int(os.environ.get("CS25_FUZZ_EXAMPLES", "50")))

LONGEST_CHUNK_WORDS = WINDOW_WORDS + REACH_WORDS

tokens = st.one_of(
    st.sampled_from(["so", "attention", "keys.", "why?", "naïve", "[see", "ok!", "it’s.”"]),
    st.sampled_from(["注意機構とは何でしょうか。", "。", "キーの内積です。" * 15, "長" * 200]),
    st.just("a" * 300),
)


@st.composite
def cue_lists(draw: st.DrawFn) -> list[Cue]:
    """Cues sorted by start: short and long, overlapping and apart, with and without word times."""
    cues = []
    start = 0.0
    for _ in range(draw(st.integers(0, 8))):
        start += draw(st.sampled_from([0.0, 0.5, 1.7, 4.0, 60.0]))
        words = draw(st.lists(tokens, min_size=1, max_size=6)) * draw(
            st.sampled_from([1, 1, 5, 20])
        )
        end = start + draw(st.sampled_from([0.0, 0.3, 2.0, 9.0]))
        timed = draw(st.booleans())
        step = (end - start) / len(words)
        times = tuple(Word(start + number * step, word) for number, word in enumerate(words))
        cues.append(Cue(start, end, " ".join(words), times if timed else ()))
    return cues


def talk(sentences: int, words: int, seconds: float = 4.0) -> list[Cue]:
    """One cue per sentence."""
    text = " ".join(["word"] * (words - 1) + ["end."])
    return [Cue(n * seconds, (n + 1) * seconds, text) for n in range(sentences)]


def letters(text: str) -> str:
    return "".join(text.split())


def check_every_word_reaches_a_chunk(cues: list[Cue], chunks: list[Chunk]) -> None:
    """Check that each window adds cues, and that together they have all letters."""
    parts: list[Cue] = []
    for chunk in chunks:
        known = {id(part) for part in parts}
        new = [part for part in chunk.cues if id(part) not in known]
        assert new and chunk.cues[-len(new) :] == tuple(new)
        parts += new
    # Sorted: the parts of two long cues that run side by side alternate.
    assert sorted(letters(" ".join(part.text for part in parts))) == sorted(
        letters(" ".join(cue.text for cue in cues))
    )


@generated
@given(cue_lists())
def test_any_cues_give_bounded_chunks_with_every_word(cues: list[Cue]) -> None:
    chunks = build_chunks("v", cues, "A talk")
    check_every_word_reaches_a_chunk(cues, chunks)
    for chunk in chunks:
        assert chunk.video_id == "v" and chunk.kind == "transcript" and chunk.title == "A talk"
        assert cues[0].start <= chunk.start <= chunk.end <= max(cue.end for cue in cues)
        assert chunk.start == chunk.cues[0].start
        assert chunk.text == " ".join(" ".join(cue.text for cue in chunk.cues).split())
        assert 0 < count_words(chunk.text) <= LONGEST_CHUNK_WORDS
        for part in chunk.cues:
            assert chunk.start <= part.start <= part.end <= chunk.end
            assert all(part.start <= word.start <= part.end for word in part.words)
    assert all(a.start <= b.start for a, b in pairwise(chunks))
    assert len({chunk.chunk_id for chunk in chunks}) == len(chunks)
    assert build_chunks("v", cues, "A talk") == chunks


@generated
@given(cue_lists())
def test_cues_that_fit_are_kept_whole(cues: list[Cue]) -> None:
    kept = {cue for chunk in build_chunks("v", cues) for cue in chunk.cues}
    assert {cue for cue in cues if count_words(cue.text) <= LONGEST_CUE_WORDS} <= kept


def test_no_cue_gives_no_chunk() -> None:
    assert build_chunks("v", []) == []
    assert build_chunks("v", [Cue(0.0, 1.0, " ")]) == []


def test_last_cue_reaches_a_chunk() -> None:
    for sentences in range(1, 60):
        cues = talk(sentences, words=8)
        assert build_chunks("v", cues)[-1].cues[-1] is cues[-1]


def test_words_stay_in_order() -> None:
    words = [f"w{number}" for number in range(1_000)]
    cues = [Cue(at / 2, at / 2 + 90, " ".join(words[at : at + 100])) for at in range(0, 1_000, 100)]
    chunks = build_chunks("v", cues)
    parts = list(dict.fromkeys(part for chunk in chunks for part in chunk.cues))
    assert " ".join(part.text for part in parts).split() == words


def test_short_talk_is_one_chunk() -> None:
    cues = talk(3, words=8)
    chunks = build_chunks("v", cues, "Attention")
    assert [(c.start, c.end, c.cues) for c in chunks] == [(0.0, 12.0, tuple(cues))]


def test_neighbours_overlap_by_half() -> None:
    chunks = build_chunks("v", talk(100, words=8))
    for before, after in pairwise(chunks[:-1]):
        shared = [cue for cue in after.cues if cue in before.cues]
        assert len(shared) * 8 == WINDOW_WORDS // 2


def test_chunk_id_is_the_start_in_milliseconds() -> None:
    cues = [Cue(1.001, 2.0, "So what is attention?")]
    assert build_chunks("U8J32Z3qV8s", cues)[0].chunk_id == "U8J32Z3qV8s:1001t"


def test_windows_end_at_sentence_ends_within_reach() -> None:
    # Cues of seven words, a sentence every three cues: 21 words, so never exactly 80.
    texts = ["one two three four five six seven", "one two three four five six seven"]
    texts.append("one two three four five six end.")
    cues = [Cue(n * 2.0, n * 2.0 + 2.0, texts[n % 3]) for n in range(90)]
    chunks = build_chunks("v", cues)
    assert all(chunk.text.endswith("end.") for chunk in chunks)
    assert all(chunk.cues[0].text == texts[0] for chunk in chunks)


def test_windows_end_before_a_pause_within_reach() -> None:
    # No punctuation; a pause of two seconds after each 9th cue of eight words.
    starts = [n * 3.0 + n // 9 * 2 for n in range(90)]
    cues = [Cue(start, start + 3, "so " * 7 + "on") for start in starts]
    first = build_chunks("v", cues)[0]
    assert first.cues[-1] is cues[8]


def test_overlapping_captions_have_no_pauses() -> None:
    cues = [Cue(n * 3.0, n * 3.0 + 5, "so " * 7 + "on") for n in range(90)]
    assert all(count_words(chunk.text) == WINDOW_WORDS for chunk in build_chunks("v", cues)[:-1])


def test_cue_of_a_thousand_words_is_split_at_sentences_with_spread_times() -> None:
    cue = Cue(100.0, 500.0, "one two three four five six seven eight nine ten. " * 100)
    chunks = build_chunks("v", [cue])
    parts = list(dict.fromkeys(part for chunk in chunks for part in chunk.cues))
    assert all(part.text.endswith("ten.") for part in parts)
    assert parts[0].start == 100.0 and parts[-1].end == 500.0
    assert all(a.end == b.start for a, b in pairwise(parts))
    assert all(abs((p.end - p.start) / count_words(p.text) - 0.4) < 0.05 for p in parts)


def test_split_cue_keeps_its_word_times() -> None:
    words = tuple(Word(float(n), f"w{n}") for n in range(300))
    cue = Cue(0.0, 300.0, " ".join(word.text for word in words), words)
    chunks = build_chunks("v", [cue])
    for part in chunks[1].cues:
        assert part.start == part.words[0].start
        assert part.text == " ".join(word.text for word in part.words)


def test_japanese_windows_are_about_160_characters() -> None:
    cues = [Cue(n * 4.0, n * 4.0 + 4, "注意機構はクエリとキーの内積です。") for n in range(60)]
    chunks = build_chunks("v", cues)
    assert all(120 <= len(letters(chunk.text)) <= 200 for chunk in chunks)


def test_japanese_cue_without_a_sentence_end_is_split_too() -> None:
    chunks = build_chunks("v", [Cue(0.0, 600.0, "注意" * 1_000)])
    assert len(chunks) > 20
    assert all(count_words(chunk.text) <= LONGEST_CHUNK_WORDS for chunk in chunks)


def test_captions_become_chunks() -> None:
    times = [f"00:{n // 3:02}:{n % 3 * 2}" for n in range(30)]
    blocks = [f"{t}0,000 --> {t}5,000\n{'word ' * 19}end.\n\n" for t in times]
    chunks = build_chunks("v", parse_captions("".join(blocks)).cues)
    assert chunks[0].chunk_id == "v:0t" and len(chunks[0].cues) == 4
    assert chunks[-1].end == 9 * 60 + 45


@measures_time
def test_long_track_takes_linear_time() -> None:
    began = time.process_time()
    build_chunks("v", talk(40_000, words=8))
    build_chunks("v", [Cue(0.0, 1.0, "a " * 300_000)])
    build_chunks("v", [Cue(0.0, 1.0, "長" * 600_000)])
    build_chunks("v", [Cue(0.0, 0.0, "a")] * 40_000)
    assert time.process_time() - began < 30


def test_long_silence_ends_a_window():
    cues = [Cue(0.0, 5.0, "before the break"), Cue(600.0, 605.0, "after the break")]
    chunks = build_chunks("abcdefghijk", cues)
    assert [(chunk.start, chunk.end, chunk.text) for chunk in chunks] == [
        (0.0, 5.0, "before the break"),
        (600.0, 605.0, "after the break"),
    ]
