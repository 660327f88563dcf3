"""The bundled data loads, and each way it can be wrong is named by file, note and field."""

import json
import shutil
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import DATA

from cs25search.course.read import load_course
from cs25search.course.settings import read_settings
from cs25search.errors import DataError
from cs25search.place import BUNDLED
from cs25search.question.aliases import FILE, load_aliases


def test_bundled_course_is_whole():
    course = load_course()
    assert len(course.lectures) == 10
    assert len(course.slides) == 33
    assert len(course.notes) == 576
    assert sum(len(note.asks) for note in course.notes) == 4709
    assert {note.video_id for note in course.notes} == {x.video_id for x in course.lectures}
    assert len({note.chunk_id for note in course.notes}) == 576


def test_every_lecture_has_slides_of_its_own():
    course = load_course()
    assert {slide.lecture for slide in course.slides} >= set(range(1, 11))
    assert course.slides[17].url.endswith("?slide=18")


def test_what_lectures_slides_and_course_answer_is_read():
    course = load_course()
    assert len(course.facts) == 555
    assert all(len(x.outline) > 3 and x.asks and x.asks_ja for x in course.lectures)
    assert all(min(len(one.asks), len(one.asks_ja)) >= 6 for one in course.slides)
    assert Counter(one.is_said for one in course.explanations) == {True: 1745, False: 758}
    assert sum(len(one.asks) for one in course.explanations) == 13075
    assert len(load_aliases()) == 542


def edited(tmp_path: Path, name: str, edit) -> Path:
    """Return a copy of the data in which `edit` has changed one file."""
    data = tmp_path / "data"
    shutil.copytree(BUNDLED, data)
    content = json.loads((data / name).read_text("utf-8"))
    edit(content)
    (data / name).write_text(json.dumps(content), "utf-8")
    return data


WRONG = {
    "overlap": (
        "notes/03.json",
        lambda c: c["notes"][2].update(start=c["notes"][2]["start"] - 1),
        "note 3, field start",
    ),
    "after the end of the video": (
        "notes/10.json",
        lambda c: c["notes"][-1].update(end=99999),
        "note 47, field end",
    ),
    "end before start": ("notes/01.json", lambda c: c["notes"][0].update(end=1), "note 1"),
    "text for a number": (
        "notes/05.json",
        lambda c: c["notes"][3].update(end="soon"),
        "note 4, field end",
    ),
    "field missing": (
        "notes/05.json",
        lambda c: c["notes"][0].pop("summary_ja"),
        "summary_ja",
    ),
    "empty title": (
        "notes/02.json",
        lambda c: c["notes"][1].update(title="  "),
        "note 2, field title",
    ),
    "no notes": ("notes/02.json", lambda c: c.update(notes=[]), "field notes: is empty"),
    "other lecture's file": (
        "notes/02.json",
        lambda c: c.update(video_id="P127jhj-8-Y"),
        "P127jhj-8-Y",
    ),
    "slide missing": ("slides.json", lambda c: c.pop(7), "numbers are"),
    "slide of lecture 11": (
        "slides.json",
        lambda c: c[8].update(lecture=11),
        "slide 9, field lecture: is 11",
    ),
    "lecture without overview": ("overviews.json", lambda c: c.pop(), "numbers are"),
    "outline after the end": (
        "overviews.json",
        lambda c: c[0]["outline"][-1].update(start=99999),
        "lecture 1, field outline",
    ),
    "slide without questions": ("slides-asks.json", lambda c: c.pop(0), "numbers are"),
    "empty question": (
        "notes/06.json",
        lambda c: c["notes"][4]["asks"].append(" "),
        "note 5, field asks: is empty",
    ),
    "fact about slide 99": (
        "facts.json",
        lambda c: c["facts"][1].update(slides=[99]),
        "fact 2, field slides: names 99",
    ),
    "fact of a folder about lecture 99": (
        "facts/goals.json",
        lambda c: c["facts"][2].update(lectures=[99]),
        "fact 3, field lectures: names 99",
    ),
    "explanation from no note": (
        "explanations/05.json",
        lambda c: c["explanations"][2]["answer"][0].update(notes=["5:1"]),
        "explanation 3, field notes: names 5:1, which is no note",
    ),
    "explanation without a note": (
        "explanations/05.json",
        lambda c: c["explanations"][1]["answer"][0].update(notes=[]),
        "explanation 2, field answer: has a part without a note",
    ),
    "explanation without a part": (
        "explanations/05.json",
        lambda c: c["explanations"][1].update(answer=[]),
        "explanation 2, field answer: has a part without a note, or none",
    ),
    "explanation without a question": (
        "explanations/05.json",
        lambda c: c["explanations"][1].update(asks=[]),
        "explanation 2, field asks: has no question",
    ),
    "explanation that nobody asks for": (
        "explanations/05.json",
        lambda c: c["explanations"][0]["asks"].append(""),
        "explanation 1, field asks: is empty",
    ),
    "nothing said to be unsaid": (
        "explanations/05.json",
        lambda c: c["unsaid"][1].update(ja=" "),
        "unsaid 2, field ja: is empty",
    ),
    "explanation without an answer": (
        "explanations/course.json",
        lambda c: c["explanations"][1].pop("answer"),
        "answer",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_file_is_named_with_its_place(tmp_path, case):
    name, edit, place = WRONG[case]
    with pytest.raises(DataError) as caught:
        load_course(edited(tmp_path, name, edit))
    assert Path(name).name in str(caught.value)
    assert place in str(caught.value)
    assert "docs/courses.md" in str(caught.value)


def test_missing_and_torn_files_are_named(tmp_path):
    data = edited(tmp_path, "slides.json", lambda c: None)
    torn = data / "notes" / "04.json"
    torn.write_bytes(torn.read_bytes()[:5000])
    with pytest.raises(DataError, match=r"04\.json"):
        load_course(data)


def test_wrong_alias_is_named_with_its_place(tmp_path):
    content = json.loads(FILE.read_text("utf-8"))
    content["terms"][3]["en"] = []
    (tmp_path / "aliases.json").write_text(json.dumps(content), "utf-8")
    with pytest.raises(DataError, match="term 4, field en: is empty"):
        load_aliases(tmp_path / "aliases.json")


def test_mentions_begin_with_a_note():
    course = load_course()
    number = {lecture.video_id: lecture.number for lecture in course.lectures}
    begins = {(number[note.video_id], note.start) for note in course.notes}
    mentions = json.loads((DATA / "mentions.json").read_text("utf-8"))["mentions"]
    assert len(mentions) == 64
    for places in mentions.values():
        assert {(int(n), start) for n, starts in places.items() for start in starts} <= begins


def test_bundled_notes_have_no_gaps():
    notes = load_course().notes
    for before, after in pairwise(notes):
        assert before.video_id != after.video_id or before.end == after.start


TOML = {
    "unknown field": ('colour = "red"', "unknown field `colour`"),
    "wrong type": ("title = 5", "field title"),
    "no TOML": ("title = ", "is not valid TOML"),
    "neither video nor captions": ("[[lecture]]\nnumber = 3", "lecture 3: has neither video"),
    "no id": ('[[lecture]]\nvideo = "https://youtu.be/x"', "lecture 1, field video"),
    "number twice": (
        '[[lecture]]\nnumber = 2\ncaptions = "a.srt"\n[[lecture]]\nnumber = 2\ncaptions = "b.srt"',
        "numbers are [2, 2]",
    ),
    "number 0 or less": (
        '[[lecture]]\nnumber = -1\ncaptions = "a.srt"',
        "lecture -1, field number",
    ),
    "chapter without a time": (
        '[[lecture]]\ncaptions = "a.srt"\nchapters = ["Intro"]',
        'write "1:05:44 Title"',
    ),
    "link that runs a script": ('url = "javascript:alert(1)"', "not a web address"),
}


@pytest.mark.parametrize("case", TOML)
def test_wrong_course_toml_is_named_with_its_place(tmp_path, case):
    content, problem = TOML[case]
    (tmp_path / "course.toml").write_text(content, "utf-8")
    with pytest.raises(DataError) as caught:
        load_course(tmp_path)
    assert "course.toml" in str(caught.value) and problem in str(caught.value)


def test_course_toml_that_is_not_text_is_named(tmp_path):
    (tmp_path / "course.toml").write_bytes("title = 'é'".encode("cp1252"))
    with pytest.raises(DataError, match="is not"):
        load_course(tmp_path)


def test_empty_course_toml_is_a_course_named_after_its_folder(tmp_path):
    folder = tmp_path / "physics"
    folder.mkdir()
    (folder / "course.toml").write_text("")
    course = load_course(folder)
    assert (course.about.title, course.lectures, course.slides) == ("physics", (), ())


def test_recording_that_is_not_on_youtube_keeps_its_id_when_its_title_changes(tmp_path):
    ids = set()
    for title in ("Knives", "Sharp knives"):
        toml = f'[[lecture]]\ntitle = "{title}"\ncaptions = "cut.en.srt"'
        (tmp_path / "course.toml").write_text(toml)
        ids.add(read_settings(tmp_path).recordings[0].video_id)
    assert len(ids) == 1
    assert ids.pop().startswith("cut-")
