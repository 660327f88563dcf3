"""The corpora of `make eval`: chunks, and questions with the seconds that answer them.

One is bundled. The others are read from a folder beside the project if it exists; they belong to
others, and none of them is copied into the project. docs/evaluation.md describes them.
"""

import json
import os
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace

from benchmarks.misspelt import misspell
from cs25search.course.read import load_course
from cs25search.evaluation import EvalQuestion, Gold, read_questions
from cs25search.records import Chunk, Cue, Explanation, Language, Slide, Video
from cs25search.text.sentences import split_sentences
from ingest.captions.files import read_captions
from ingest.chunks import build_chunks, count_words
from ingest.collect import collect

QUESTIONS = Path(__file__).parents[1] / "tests/data/questions.json"
# Questions in the words of people who had not seen the notes.
ASKED = {
    "real wording": QUESTIONS.with_name("real-dev.json"),
    "asked by a stranger": QUESTIONS.with_name("stranger.json"),
    "asked by another stranger": QUESTIONS.with_name("stranger-2.json"),
    "asked about each note": QUESTIONS.with_name("by-note.json"),
}
CS25_NOTES = "CS25 notes"  # the name of the bundled corpus
LECTURE_1 = "P127jhj-8-Y"
SECONDS_PER_WORD = 0.4  # for transcripts that lack times: about the pace of speech
SPOKEN_ARTICLES = 14  # of Spoken-SQuAD's 48: 687 passages
SPOKEN_QUESTIONS = 500  # drawn from the 2,067 about these
# Chapter titles that say nothing about the content.
BARE_TITLE = re.compile(
    r"(intro|introduction|outro|recap|summary|conclusion|background|examples?|last thoughts|end"
    r"|thanks|final.*|sponsor.*|.*puzzle|ending.*|q&a)",
    re.I,
)


class Corpus(msgspec.Struct, frozen=True):
    """Chunks to search and questions to ask; `Scored.relevant` says which hits are relevant.

    Attributes:
        timed: Whether a question's start is the second at which its answer begins.
        base: The name of the corpus with the same chunks, whose index is shared; "" for its own.
        alone: Whether it is a separate course, without what is learned from the bundled notes.
    """

    name: str
    videos: tuple[Video, ...]
    chunks: tuple[Chunk, ...]
    questions: tuple[EvalQuestion, ...]
    slides: tuple[Slide, ...] = ()
    timed: bool = False
    base: str = ""
    alone: bool = False
    explanations: tuple[Explanation, ...] = ()

    @property
    def is_speech(self) -> bool:
        """Whether it is a course without notes, whose questions are about its videos."""
        return all(chunk.kind == "transcript" for chunk in self.chunks)

    @property
    def languages(self) -> list[Language]:
        """The languages in which every question can be asked."""
        texts: dict[Language, list[str]] = {
            "en": [question.q for question in self.questions],
            "ja": [question.q_ja for question in self.questions],
        }
        return [language for language, asked in texts.items() if all(asked)]


def bench_folder() -> Path:
    """Return the folder of the other corpora: CS25_BENCH, else one beside the project."""
    return Path(os.environ.get("CS25_BENCH") or Path(__file__).parents[2] / "shared")


def load_corpora(bench: Path) -> list[Corpus]:
    """Return the bundled corpus, and those found under `bench`."""
    notes = cs25_notes()
    corpora = [notes, *real_wording(notes), misspelt(notes)]
    if (bench / "captions").is_dir():
        corpora += cs25_captions(bench / "captions")
    if (bench / "bench/tutorialvqa").is_dir():
        corpora.append(tutorialvqa(bench / "bench/tutorialvqa"))
    if (bench / "bench/spoken-squad").is_dir():
        clean = bench / "bench/spoken-squad/spoken_test-v1.1.json"
        noisy = clean.with_name("spoken_test-v1.1_WER44.json")
        corpora.append(spoken_squad("Spoken-SQuAD 22.7 %", clean, clean))
        corpora.append(spoken_squad("Spoken-SQuAD 44.2 %", noisy, clean))
    if (bench / "bench/chapters.json").is_file():
        corpora.append(chapter_titles(bench / "bench/chapters.json"))
    return corpora


def cs25_notes() -> Corpus:
    """Return the bundled notes and the bundled questions."""
    course = load_course()
    return Corpus(
        CS25_NOTES,
        tuple(lecture.video() for lecture in course.lectures),
        course.notes,
        read_questions(QUESTIONS).questions,
        course.slides,
        timed=True,
        explanations=course.explanations,
    )


def spoken_notes(language: Language) -> Corpus:
    """Return the texts of the bundled notes in one language as captions, without notes."""
    notes = cs25_notes()
    chunks: list[Chunk] = []
    for video in notes.videos:
        own = [note for note in notes.chunks if note.video_id == video.video_id]
        cues = [cue for note in own for cue in _as_cues(note, language)]
        chunks += build_chunks(video.video_id, cues)
    name = f"{notes.name} as {'Japanese' if language == 'ja' else 'English'} captions"
    return Corpus(name, notes.videos, tuple(chunks), notes.questions, alone=True)


def _as_cues(note: Chunk, language: Language) -> list[Cue]:
    """Return the sentences of a note as cues that share its time by their length."""
    sentences = split_sentences(note.text_ja if language == "ja" else note.text)
    ends = np.cumsum([len(sentence) for sentence in sentences], dtype=float)
    ends = note.start + (note.end - note.start) * ends / ends[-1]
    starts = [note.start, *ends[:-1].tolist()]
    parts = zip(starts, ends.tolist(), sentences, strict=True)
    return [Cue(start, end, text) for start, end, text in parts]


def real_wording(notes: Corpus) -> list[Corpus]:
    """Return the bundled notes with questions as people word them; each language has its own."""
    corpora = []
    for name, file in ASKED.items():
        entries = _read(file)["questions"]
        for language in ("en", "ja"):
            asked = tuple(_real(one, language) for one in entries if one["lang"] == language)
            named = replace(notes, name=f"{notes.name}, {name}", questions=asked)
            corpora.append(replace(named, timed=False, base=notes.name))
    return corpora


def misspelt(notes: Corpus) -> Corpus:
    """Return the bundled notes with the English questions misspelt."""
    questions = tuple(replace(one, q=misspell(one.q, one.q), q_ja="") for one in notes.questions)
    return replace(notes, name=f"{notes.name}, misspelt", questions=questions, base=notes.name)


def _real(entry: dict[str, Any], language: str) -> EvalQuestion:
    first, *others = (Gold(one["video_id"], one["start"], one["end"]) for one in entry["gold"])
    texts = {"q": entry["q"], "q_ja": ""} if language == "en" else {"q": "", "q_ja": entry["q"]}
    return EvalQuestion(
        entry["id"], **texts, video_id=first.video_id, start=first.start, end=first.end,
        also=tuple(others),
    )  # fmt: skip


def cs25_captions(folder: Path) -> list[Corpus]:
    """Return what a user has after adding caption files, and lecture 1 from captions alone."""
    course = load_course()
    tracks = {track.origin.video_id: track for track in read_captions(folder)[0]}
    found = collect(course, tracks, None, {})
    chunks, videos = found.chunks, tuple(row.video for row in found.rows)
    asked = read_questions(QUESTIONS).questions
    both = Corpus("CS25 notes + captions", videos, tuple(chunks), asked, course.slides, timed=True,
                  explanations=course.explanations)  # fmt: skip
    video = tuple(video for video in videos if video.video_id == LECTURE_1)
    spoken = tuple(c for c in chunks if c.video_id == LECTURE_1 and c.kind == "transcript")
    asked = tuple(question for question in asked if question.video_id == LECTURE_1)
    notes = [note for note in course.notes if note.video_id == LECTURE_1]
    asks = tuple(
        EvalQuestion(f"{note.chunk_id}-{number}", ask, LECTURE_1, note.start, note.end)
        for note in notes
        # In English only, because the bridge was learned from these questions.
        for number, ask in enumerate(note.asks, start=1)
    )
    return [
        both,
        Corpus("CS25 lecture 1, captions alone", video, spoken, asked, timed=True),
        Corpus("CS25 lecture 1, asks of its notes", video, spoken, asks),
        _course_of_captions(found.chunks, videos, notes),
    ]


def _course_of_captions(
    chunks: Sequence[Chunk], videos: Sequence[Video], notes: Sequence[Chunk]
) -> Corpus:
    """Return caption files alone as a course without notes, asked about lecture 1."""
    spoken = tuple(chunk for chunk in chunks if chunk.kind == "transcript")
    names = {chunk.video_id for chunk in spoken}
    own = tuple(video for video in videos if video.video_id in names)
    questions = tuple(
        EvalQuestion(f"{note.chunk_id}-{n}", ask, LECTURE_1, note.start, note.end, ask_ja)
        for note in notes
        for n, (ask, ask_ja) in enumerate(zip(note.asks, note.asks_ja, strict=False), start=1)
    )
    name = f"a course without notes, {len(own)} videos"
    return Corpus(name, own, spoken, questions, alone=True)


def tutorialvqa(folder: Path) -> Corpus:
    """Return TutorialVQA dev; its sentences get times as if spoken at an even pace."""
    videos, chunks, sentences = [], [], {}
    for entry in _read(folder / "videos.json"):
        name, title = entry["video_id"], entry["video_title"]
        cues = _paced(entry["transcript"])
        sentences[name] = cues
        videos.append(Video(name, title, (), cues[-1].end))
        chunks += build_chunks(name, cues, title)
    questions = tuple(
        EvalQuestion(
            str(number),
            entry["question"].strip(),
            entry["video_id"],
            sentences[entry["video_id"]][entry["answer_start"]].start,
            sentences[entry["video_id"]][entry["answer_end"]].end,
        )
        for number, entry in enumerate(_read(folder / "dev.json"), start=1)
    )
    return Corpus("TutorialVQA dev", tuple(videos), tuple(chunks), questions)


def spoken_squad(name: str, passages: Path, asked: Path) -> Corpus:
    """Return the first articles of Spoken-SQuAD and a fixed sample of questions.

    Every passage is a separate video with one chunk.

    Args:
        passages: The file whose recognised passages are searched.
        asked: The file whose questions are asked, the same for both error rates.
    """
    texts = {
        f"{article['title']}/{number}": paragraph["context"]
        for article in _read(passages)["data"][:SPOKEN_ARTICLES]
        for number, paragraph in enumerate(article["paragraphs"])
    }
    questions = [
        EvalQuestion(entry["id"], entry["question"].strip(), f"{article['title']}/{number}", 0, 1e9)
        for article in _read(asked)["data"][:SPOKEN_ARTICLES]
        for number, paragraph in enumerate(article["paragraphs"])
        for entry in paragraph["qas"]
    ]
    # The first 500 of 1,000, as in the experiments that chose the weights.
    size = min(2 * SPOKEN_QUESTIONS, len(questions))
    sample = random.Random(0).sample(questions, size)[:SPOKEN_QUESTIONS]  # noqa: S311
    chunks = tuple(_passage(name, text) for name, text in texts.items())
    videos = tuple(Video(chunk.video_id, chunk.video_id, (), chunk.end) for chunk in chunks)
    return Corpus(name, videos, chunks, tuple(sample))


def chapter_titles(path: Path) -> Corpus:
    """Return the transcripts of 21 videos; their authors' chapter titles are the questions."""
    videos, chunks, questions = [], [], []
    for entry in _read(path):
        name = entry["video_id"]
        cues = [Cue(start, end, text) for text, start, end in entry["sentences"]]
        videos.append(Video(name, name, (), cues[-1].end))
        chunks += build_chunks(name, cues)
        chapters = entry["chapters"]
        ends = [*(chapter["start"] for chapter in chapters[1:]), cues[-1].end]
        questions += [
            EvalQuestion(
                f"{name}-{number}", chapter["title"], name, chapter["start"], end,
                chapter["title_ja"],
            )
            for number, (chapter, end) in enumerate(zip(chapters, ends, strict=True), start=1)
            if not BARE_TITLE.fullmatch(chapter["title"].strip())
        ]  # fmt: skip
    name = f"chapter titles, {len(videos)} videos"
    return Corpus(name, tuple(videos), tuple(chunks), tuple(questions))


def _paced(sentences: Sequence[str]) -> list[Cue]:
    """Return cues without gaps, each as long as its words take at an even pace."""
    cues: list[Cue] = []
    for sentence in sentences:
        start = cues[-1].end if cues else 0.0
        cues.append(Cue(start, start + SECONDS_PER_WORD * count_words(sentence), sentence))
    return cues


def _passage(name: str, text: str) -> Chunk:
    cue = _paced([text])[0]
    return Chunk(name, name, 0.0, cue.end, text, "transcript", cues=(cue,))


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))
