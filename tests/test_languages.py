"""A phrase copied from a transcript finds its video first, with its time, in any language."""

import random

import numpy as np
import pytest

from cs25search.course.read import load_course
from cs25search.index.build import Content, build_generation
from cs25search.ranking.source import LocalSource
from cs25search.records import Cue, Video
from cs25search.search import Index
from ingest.chunks import build_chunks
from ingest.encoder import DEFAULT_ENCODER

# Letters to make words of; the last field is whether words have blanks between them.
SCRIPTS = {
    "German": ("abcdefghijklmnoprstuwzäöüß", True),
    "Russian": ("абвгдежзийклмнопрстуфхцчшщыьэюя", True),
    "Greek": ("αβγδεζηθικλμνξοπρστυφχψω", True),
    "Arabic": ("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", True),
    "Hindi": (["क", "का", "कि", "खे", "ग", "गो", "च", "जा", "त", "ति", "द", "ना", "प", "मे"], True),
    "Korean": ("가나다라마바사아자차카타파하고노도로모보소오조호기니디리미비시이지히", True),
    "Chinese": ("的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下", False),
    "Japanese": ("のにはをがでとたしていれなもるすま注意機構計算学習言語音声画像", False),
    "Kanji": ("注意機構計算学習言語音声画像認識生成翻訳処理", False),  # Japanese or Chinese?
    "Georgian": ("აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ", True),
    "Amharic": ("ሀለሐመሠረሰሸቀበተቸነአከወዘየደገጠፈ", True),
    "Khmer": (["ក", "កា", "ខ", "គី", "ង", "ចុ", "ដ", "តើ", "ន", "នេ", "ប", "ម", "រ", "ល្ល"], False),
    "Burmese": (["က", "ကာ", "ခ", "ငါ", "စီ", "တ", "တို", "နဲ့", "ပြ", "မ", "မှာ", "ရ", "လ", "သည်"], False),
    "Malayalam": (["ക", "കാ", "ഗി", "ട്ട", "ത", "നു", "പ്ര", "മ", "യ", "ര", "ല്ല", "വി", "ശ"], False),
    "Thai": (["ก", "กา", "ข", "คี", "ง", "จุ", "ด", "ต่", "น", "นี้", "บ", "ป", "ม", "ร", "ล"], False),
}
CUES = 6


def speech(seed: str, letters: str | list[str], spaced: bool) -> list[Cue]:
    """Return captions of five seconds each, with word sequences that no other video has."""
    dice = random.Random(seed)
    vocabulary = ["".join(dice.choices(letters, k=dice.randint(2, 6))) for _ in range(120)]
    return [
        Cue(i * 5.0, i * 5.0 + 5.0, (" " if spaced else "").join(dice.choices(vocabulary, k=8)))
        for i in range(CUES)
    ]


@pytest.fixture(scope="module")
def talks() -> dict[str, list[Cue]]:
    return {
        f"{name}-{number}": speech(f"{name} {number}", *script)
        for name, script in SCRIPTS.items()
        for number in (1, 2)
    }


@pytest.fixture(scope="module")
def many(talks, index, tmp_path_factory) -> Index:
    """An index of two talks in each script."""
    folder = tmp_path_factory.mktemp("languages")
    encoder = index.encoder
    chunks = [c for name, cues in talks.items() for c in build_chunks(name, cues, name)]
    videos = [Video(name, name, (), 5.0 * CUES) for name in talks]
    generation = build_generation(Content(videos, chunks), encoder, DEFAULT_ENCODER)
    return Index(folder, LocalSource(generation), encoder)


@pytest.mark.parametrize("name", SCRIPTS)
def test_phrase_of_a_transcript_finds_its_video_first_and_its_second(name, many, talks):
    dice = random.Random(name)
    missed = []
    for number in (1, 2):
        video_id = f"{name}-{number}"
        cues = talks[video_id]
        for _ in range(3):
            at = dice.randrange(CUES - 1)
            phrase = cues[at].text if SCRIPTS[name][1] else cues[at].text[:24]
            hits = many.search(phrase, k=3)
            chunk = hits[0].chunk if hits else None
            if (
                chunk is None
                or hits[0].video.video_id != video_id
                or not chunk.start <= cues[at].start <= chunk.end
            ):
                missed.append((video_id, at, [hit.video.video_id for hit in hits]))
    assert missed == []


def test_what_is_said_word_for_word_comes_before_notes(index, tmp_path):
    """The bridge learned from bilingual notes must not outweigh a quotation in Japanese."""
    said = [
        "シマウマのルーターにはマーマレードの精度が必要です。",
        "次にキリンの首の長さを測ります。",
    ]
    cues = [Cue(i * 40.0, i * 40.0 + 5.0, text) for i, text in enumerate(said)]
    notes = [note for note in load_course().notes if note.video_id == "U8J32Z3qV8s"][:20]
    videos = [Video("U8J32Z3qV8s", "Scaling", (), 4000.0, 5), Video("talk", "Talk", (), 50.0)]
    encoder = index.encoder
    chunks = [*notes, *build_chunks("talk", cues, "Talk")]
    mixed = Index(
        tmp_path,
        LocalSource(build_generation(Content(videos, chunks), encoder, DEFAULT_ENCODER)),
        encoder,
    )
    for cue in cues:
        hit = mixed.search(cue.text, k=1)[0]
        assert (hit.video.video_id, hit.start) == ("talk", cue.start)


def test_a_quotation_is_one_with_what_questions_leave_out_and_in_two_languages(index, tmp_path):
    said = {
        "talk": "Yeah, I'm good, I'm good. How has been your week with the zebra?",
        "bilingual": "We gonna have to grapple with it 我们必须应对的 every Monday in the zoo.",
        "other": "I'm good at the zebra, and the week has been good, how good it has been.",
        "chinese": "我们必须这样做，我们必须应对大的事情，这是我们应对的方法。",
    }
    chunks = [
        chunk
        for name, text in said.items()
        for chunk in build_chunks(name, [Cue(0.0, 5.0, text)], name)
    ]
    videos = [Video(name, name, (), 5.0) for name in said]
    generation = build_generation(Content(videos, chunks), index.encoder, DEFAULT_ENCODER)
    mixed = Index(tmp_path, LocalSource(generation), index.encoder)
    quoted = {
        "talk": "Yeah, I'm good, I'm good. How has been",
        "bilingual": "grapple with it 我们必须应对的",
    }
    found = {name: mixed.search(text, k=1)[0].video.video_id for name, text in quoted.items()}
    assert found == {name: name for name in quoted}


def test_chunks_without_japanese_add_nothing_to_its_indexes(many):
    in_japanese = many.generation.rows["japanese"]
    names = {many.generation.chunks[int(row)].video_id for row in np.flatnonzero(in_japanese)}
    assert names == {f"{name}-{n}" for name in ("Chinese", "Japanese", "Kanji") for n in (1, 2)}
