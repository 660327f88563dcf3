"""python -m benchmarks.answers [--index DIR]: the figures of answers and refusals.

Questions and references: tests/data/questions.json; what no lecture answers:
tests/data/unanswerable.json; what lectures mention without saying what is asked:
tests/data/touched.json; what people say around a question: tests/data/frames.json. The bundled
coefficients of the refusals were fitted to these questions, but for the touched ones;
benchmarks/fit_refusal.py prints the figures for unseen ones.
"""

import argparse
import json
import re
from pathlib import Path
from statistics import fmean, median
from typing import Any

from cs25search import Index, open_index
from cs25search.answers.definitions import NOTHING, defined_term, grade
from cs25search.answers.evidence import Evidence
from cs25search.answers.support import SUPPORTED, support
from cs25search.evaluation import overlaps
from cs25search.text.topic_words import topic_words

DATA = Path(__file__).parents[1] / "tests/data"
# Questions for facts that the lectures omit about things that they discuss. The features see words,
# not claims: fitting these too costs the other kinds more than it gains, so they are only measured.
NOT_FITTED = "unsaid"
KEYS = {"en": "q", "ja": "q_ja"}
SHARED = 3  # words that a sentence must share with the reference to count as supported by it
DANGLING = re.compile(
    r"(?:It|This|That|They|These|Those|He|She|Such|Further|Also|However|Moreover|In (?:that|those|"
    r"this|these)|Then|Thus|Therefore|But|And|So|A student|A listener|Someone)\b"
    r"|それ|これ|その|この|また|さらに|しかし|そして|そのため|ただし|したがって|このため|彼"
)
COURSE_QUESTIONS = {
    "our questions": "course-questions.json",
    "a stranger's": "course-stranger.json",
    "another stranger's": "course-stranger-2.json",
}
FRAMES = 4  # tried with each question, in turn


def measure_answers(index: Index, file: dict[str, Any], language: str) -> dict[str, float]:
    """Return the figures of answers to the answerable questions.

    The references are English, so their words are not compared with Japanese answers.
    """
    answered, refused, overlapping, first, covered, lengths, cited = 0, 0, [], [], [], [], []
    supported, dangling, defining = [], 0, []
    asked = _asked(file, language)
    for gold in asked:
        answer = index.answer(gold["asked"])
        refused += answer.status == "not_in_lectures"
        if answer.status != "answered":
            continue
        answered += 1
        hits = [_is_right(c.video_id, c.start, c.end, gold) for c in answer.citations]
        supported += [
            any(hits[n - 1] for n in sentence.citations)
            or len({*topic_words(gold["answer"])} & {*topic_words(sentence.text)}) >= SHARED
            for sentence in answer.sentences
        ]
        opening = answer.sentences[0].text
        dangling += DANGLING.match(opening) is not None
        if term := defined_term(gold["asked"]):
            title = answer.sentences[0].heading.rstrip(".。")
            defining.append(grade(term, title, answer.sentences[0].body) > NOTHING)
        overlapping.append(any(hits))
        first.append(hits[0])
        cited.append(fmean(hits))
        text = " ".join(sentence.text for sentence in answer.sentences)
        lengths.append(len(text.split()))
        reference = set(topic_words(gold["answer"]))
        covered.append(len(reference.intersection(topic_words(text))) / len(reference))
    figures = {
        "answered": answered / len(asked),
        "refused": refused / len(asked),
        "cited range overlaps the gold range": fmean(overlapping),
        "first citation overlaps it": fmean(first),
        "share of citations that overlap": fmean(cited),
        "sentences in the gold range or the reference": fmean(supported),
        "dangling openings": dangling,
        "definitions that begin with the definition": fmean(defining) if defining else 0.0,
    }
    if language == "en":
        figures |= {"reference words covered": fmean(covered), "median words": median(lengths)}
    return figures


def measure_refusals(index: Index, language: str, every: int = 1) -> dict[str, float]:
    """Return the shares that are refused: of answerable and unanswerable questions, and by kind.

    The unanswerable ones are those used in the fit; NOT_FITTED is only listed by kind.

    Args:
        every: Only one in this many questions of each group is asked.
    """
    file = json.loads((DATA / "questions.json").read_bytes())
    wrong = _unanswerable(file, language)
    groups = {"answerable": [entry[KEYS[language]] for entry in file["questions"]]}
    groups["unanswerable"] = [text for text, kind in wrong if kind != NOT_FITTED]
    for kind in dict.fromkeys(kind for _, kind in wrong):
        groups[f"unanswerable, {kind}"] = [text for text, of in wrong if of == kind]
    figures = {}
    for name, questions in groups.items():
        said = [index.answer(question).status for question in questions[::every]]
        figures[f"{name} refused"] = fmean(status == "not_in_lectures" for status in said)
        if name in ("answerable", "unanswerable"):
            figures[f"{name} shown without a claim"] = fmean(s == "partly" for s in said)
    return figures


def measure_real(index: Index, language: str) -> dict[str, float]:
    """Return the figures of real wording: of those answered, of the others, and of those touched.

    "Touched" is what the lectures mention without answering, in this set and in touched.json; small
    talk is left out.
    """
    file = json.loads((DATA / "real-dev.json").read_bytes())
    more = json.loads((DATA / "touched.json").read_bytes())["unanswerable"]
    own = [entry for entry in file["unanswerable"] if entry["lang"] == language]
    touched = [entry["q"] for entry in own if entry["kind"] == "touched"]
    wrong = [entry["q"] for entry in own if entry["kind"] not in ("touched", "talk")]
    right = [entry["asked"] for entry in _asked(file, language)]
    said = {
        name: [index.answer(question).status for question in questions]
        for name, questions in (
            ("right", right), ("wrong", wrong), ("touched", touched),
            ("more", [entry["q"] for entry in more if entry["lang"] == language]),
        )
    }  # fmt: skip
    return {
        "real wording: answerable refused": fmean(s == "not_in_lectures" for s in said["right"]),
        "real wording: answerable without a claim": fmean(s == "partly" for s in said["right"]),
        "real wording: unanswerable refused": fmean(s == "not_in_lectures" for s in said["wrong"]),
        "real wording: touched, given as answered": fmean(s == "answered" for s in said["touched"]),
        "more that is touched, given as answered": fmean(s == "answered" for s in said["more"]),
    }


def measure_course(index: Index, language: str) -> dict[str, float]:
    """Return the shares of questions about course and deck whose answers say all that they must.

    The index needs the entries of the course, which those of `make eval` lack.
    Those of this project may also say it in their citations.
    """
    figures = {}
    for name, file in COURSE_QUESTIONS.items():
        entries = json.loads((DATA / file).read_bytes())["questions"]
        own = [entry for entry in entries if entry.get("lang", "en") == language]
        figures[f"about the course, {name}: says all that it must"] = fmean(
            _says_all(index, entry, cited="id" not in entry) for entry in own
        )
    return figures


def _says_all(index: Index, entry: dict[str, Any], cited: bool) -> bool:
    before = index.answer(entry["context"]) if "context" in entry else ""
    answer = index.answer(entry["q"], context=before)
    said = [answer.text]
    if cited:
        said += [f"{one.quote} {one.lecture} {one.time} {one.link}" for one in answer.citations]
    text = " ".join(said)
    return all(any(one in text for one in must.split("|")) for must in entry["must"])


def measure_talk(index: Index, language: str) -> dict[str, float]:
    """Return the figures of questions with talk around them, each in FRAMES variants."""
    file = json.loads((DATA / "questions.json").read_bytes())
    wrong = [text for text, kind in _unanswerable(file, language) if kind != NOT_FITTED]
    frames = json.loads((DATA / "frames.json").read_bytes())[language]
    first, right, said = [], [], []
    for n, gold in enumerate(file["questions"]):
        for text in _framed(gold[KEYS[language]], frames, n):
            hit = index.search(text, k=1)[0]
            first.append(_is_right(hit.video.video_id, hit.start, hit.end, gold))
            right.append(index.answer(text).status)
    for n, question in enumerate(wrong):
        said += [index.answer(text).status for text in _framed(question, frames, n)]
    return {
        "with talk around it: Success@1": fmean(first),
        "with talk around it: answered": fmean(status == "answered" for status in right),
        "with talk around it: unanswerable refused": fmean(s == "not_in_lectures" for s in said),
    }


def framed(frame: str, question: str) -> str:
    """Return a question in a frame of tests/data/frames.json.

    >>> framed("hi, {l}", "Why is it deep?"), framed("hi, {l}", "GPT-3?"), framed("{q} thx", "Why?")
    ('hi, why is it deep?', 'hi, GPT-3?', 'Why? thx')
    """
    lower = question if question[:2].isupper() else question[0].lower() + question[1:]
    return frame.replace("{q}", question).replace("{l}", lower)


def _framed(question: str, frames: list[str], turn: int) -> list[str]:
    return [framed(frames[(turn * FRAMES + n) % len(frames)], question) for n in range(FRAMES)]


def _unanswerable(file: dict[str, Any], language: str) -> list[tuple[str, str]]:
    """Return the unanswerable questions with their kinds, those of the dev set first."""
    own = json.loads((DATA / "unanswerable.json").read_bytes())["unanswerable"]
    entries = [{"kind": "dev", **entry} for entry in file["unanswerable"]] + own
    key = KEYS[language]
    return [(entry[key], entry["kind"]) for entry in entries if entry.get(key)]


def _asked(file: dict[str, Any], language: str) -> list[dict[str, Any]]:
    """Return the questions in a language; those in real wording have one language each."""
    entries = file["questions"]
    if "lang" in entries[0]:
        return [entry | {"asked": entry["q"]} for entry in entries if entry["lang"] == language]
    return [entry | {"asked": entry[KEYS[language]]} for entry in entries]


def _is_right(video_id: str, start: float, end: float, gold: dict[str, Any]) -> bool:
    return any(
        video_id == one["video_id"] and overlaps(start, end, one["start"], one["end"])
        for one in gold.get("gold", [gold])
    )


def measure_support(index: Index, file: dict[str, Any]) -> dict[str, float]:
    """Return the shares of references that the support threshold keeps, by right and wrong moment.

    The wrong moment is the best hit for the same question that is not the gold one, the hardest.
    """
    chunks = list(index.generation.chunks)
    vocabulary = index.searcher.source.vocabulary(())
    evidence = Evidence(index.generation, index.encoder, vocabulary)
    right, wrong = [], []
    for gold in file["questions"]:
        own = max(
            (chunk for chunk in chunks if chunk.video_id == gold["video_id"]),
            key=lambda chunk: min(chunk.end, gold["end"]) - max(chunk.start, gold["start"]),
        )
        right.append(support(gold["answer"], [own], evidence))
        others = [
            hit.chunk
            for hit in index.search(gold["q"], k=3)
            if hit.video.video_id != gold["video_id"]
            or not overlaps(hit.start, hit.end, gold["start"], gold["end"])
        ]
        if others:
            wrong.append(support(gold["answer"], [others[0]], evidence))
    return {
        "reference kept beside its moment": fmean(score >= SUPPORTED for score in right),
        "reference kept beside a wrong moment": fmean(score >= SUPPORTED for score in wrong),
    }


def table(index: Index) -> str:
    """Return the figures of answers and refusals in both languages as a Markdown table."""
    file = json.loads((DATA / "questions.json").read_bytes())
    measured = [
        measure_answers(index, file, language)
        | measure_refusals(index, language)
        | measure_talk(index, language)
        | measure_real(index, language)
        for language in ("en", "ja")
    ]
    # Some are measured in English only.
    names = list(measured[0])
    rows = [[f"{one[name]:.3f}" if name in one else "" for one in measured] for name in names]
    lines = [f"| {name} | {' | '.join(row)} |" for name, row in zip(names, rows, strict=True)]
    return "\n".join(["| answers | en | ja |", "|---|---:|---:|", *lines])


def main() -> None:
    """Print the figures in both languages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", help="an index of the bundled course")
    parser.add_argument("--only", default="", help="answers: without refusals and support")
    arguments = parser.parse_args()
    index = open_index(arguments.index)
    for name in ("questions.json", "real-dev.json"):
        asked = json.loads((DATA / name).read_bytes())
        for language in ("en", "ja"):
            print(f"\nAnswers to {name}, {language}", flush=True)
            for figure, value in measure_answers(index, asked, language).items():
                print(f"  {figure:<46} {value:6.3f}")
    if arguments.only == "answers":
        return
    file = json.loads((DATA / "questions.json").read_bytes())
    for language in ("en", "ja"):
        print(f"\nRefusals, {language}")
        for name, value in measure_refusals(index, language).items():
            print(f"  {name:<40} {value:6.3f}")
        for name, value in measure_talk(index, language).items():
            print(f"  {name:<40} {value:6.3f}")
        for name, value in measure_course(index, language).items():
            print(f"  {name:<56} {value:6.3f}")
    print(f"\nSupport of a sentence by the moment it cites, threshold {SUPPORTED}")
    for name, value in measure_support(index, file).items():
        print(f"  {name:<40} {value:6.3f}")


if __name__ == "__main__":
    main()
