"""The app's other pages driven by AppTest on a real index: lectures, one lecture, the index."""

import re
import shutil
import time
from pathlib import Path

import filelock
import pytest
from conftest import run
from poison import DECK, TITLE
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash
from test_app import APP, FLOAT32, flip_a_byte, in_url, links, ran, texts, videos

from cs25search import open_index
from cs25search.course.read import load_course
from cs25search.ui import ingesting
from cs25search.ui.views.markup import escape
from cs25search.ui.views.texts import TEXTS
from ingest.captions.files import Origin, RawTrack, keep

LANGUAGES = pytest.mark.parametrize("language", ["en", "ja"])
PAGES = pytest.mark.parametrize("path", ["lectures", "lecture", "index"])

TALK, BROKEN = "quaggatalk1", "brokencapts"
SAID = """1
00:00:01,000 --> 00:00:09,000
Zebras graze in the savannah.

2
00:01:30,000 --> 00:01:39,000
The quagga grazed *there* too.
"""


@pytest.fixture(autouse=True)
def bundled_course(index_dir, monkeypatch):
    """The app uses the index of the bundled course, unless a test names another."""
    monkeypatch.setenv("CS25_INDEX", str(index_dir))
    monkeypatch.setenv("CS25_ALLOW_INGEST", "1")  # AppTest has no connection that could be local


@pytest.fixture(scope="module")
def wider_index(index_dir, tmp_path_factory):
    """The bundled course, a talk that is not in the deck, and unreadable captions."""
    folder = Path(shutil.copytree(index_dir, tmp_path_factory.mktemp("wider") / "index"))
    talk = Origin(TALK, "local", f"{TALK}.en.srt", "en", title="On *stripes*", duration=100.0,
                  chapters=((0.0, "Zebras"), (90.0, "The [quagga]")))  # fmt: skip
    keep(folder / "captions", RawTrack(talk, SAID.encode()))
    broken = Origin(BROKEN, "local", f"{BROKEN}.en.srt", "en", title="Broken *captions*")
    keep(folder / "captions", RawTrack(broken, b"\x00 no captions"))
    assert run("ingest", "--offline", "--index", folder).returncode == 3
    return folder


@pytest.fixture
def wider(wider_index, monkeypatch):
    """The app uses the wider index."""
    monkeypatch.setenv("CS25_INDEX", str(wider_index))


def open_page(path: str, question: str = "", **params: str) -> AppTest:
    """Open a link to a page, with a question asked before."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    for name, value in params.items():
        app.query_params[name] = value
    app.session_state["question"] = question
    app._page_hash = calc_hash(path)  # switch_page knows only pages that are files
    return ran(app.run())


def say(key: str, language: str, **values: object) -> str:
    return TEXTS[key][language == "ja"].format(**values)


def buttons(app: AppTest, prefix: str) -> list:
    return [button for button in app.button if (button.key or "").startswith(prefix)]


def button(app: AppTest, label: str):
    return next(one for one in app.button if one.label == label)


def page_links(app: AppTest) -> list[tuple[str, str]]:
    return [(link.proto.label, link.proto.query_string) for link in app.get("page_link")]


def messages(app: AppTest) -> list[str]:
    return [box.value for kind in ("error", "warning", "info", "success")
            for box in getattr(app, kind)]  # fmt: skip


# Every page


@LANGUAGES
@PAGES
def test_page_says_its_name_and_keeps_its_language(path, language):
    app = open_page(path, lang=language)
    key = {"lectures": "page_lectures", "lecture": "page_lecture", "index": "page_index"}[path]
    assert app.title[0].value == say(key, language)
    assert app.radio(key="language").value == language
    assert in_url(app, "lang") == [language]
    other = "en" if language == "ja" else "ja"
    ran(app.radio(key="language").set_value(other).run())
    assert app.title[0].value == say(key, other)
    assert in_url(app, "lang") == [other]


@LANGUAGES
@PAGES
def test_no_index_says_how_to_build_one(path, language, tmp_path, monkeypatch):
    monkeypatch.setenv("CS25_INDEX", str(tmp_path / "none"))
    app = open_page(path, lang=language)
    assert messages(app) == [say("index_missing", language)]
    assert [code.value for code in app.code] == ["python -m ingest cs25"]
    assert [text.value for text in app.text] == [str(tmp_path / "none" / "cs25")]
    if path == "index":
        assert say("index_button", language) in texts(app)
    else:
        assert say("index_build", language) in [label for label, _ in page_links(app)]


@LANGUAGES
@PAGES
def test_damaged_index_names_the_file(path, language, index_copy, monkeypatch):
    monkeypatch.setenv("CS25_INDEX", str(index_copy))
    flip_a_byte(index_copy, "tokens.npy")
    app = open_page(path, lang=language)
    assert messages(app) == [say("index_damaged", language)]
    assert app.code[0].value == "python -m ingest cs25"
    assert "tokens.npy" in app.text[0].value


# Lectures


@LANGUAGES
def test_lectures_with_star_difficulty_reading_and_slides(language):
    app = open_page("lectures", lang=language)
    course = load_course()
    assert len(app.subheader) == len(course.lectures) == 10
    shown = texts(app)
    assert shown.count(f":material/star: {say('recommended', language)}") == sum(
        lecture.recommended for lecture in course.lectures
    )
    for lecture in course.lectures:
        assert (f"lang={language}&lecture={lecture.number}") in [q for _, q in page_links(app)]
        assert f"https://youtu.be/{lecture.video_id}?t=0" in links(app)
    labels = [expander.label for expander in app.expander]
    assert labels.count(say("before", language)) == 10
    assert f"{course.deck.url}?slide=18" in links(app)
    assert say("other_videos", language) not in [heading.value for heading in app.header]


@LANGUAGES
def test_goal_leads_to_the_lectures_for_it(language):
    goal = {"en": "I do vision, what helps me?", "ja": "画像の分類をしたい"}[language]
    app = open_page("lectures", lang=language, goal=goal)
    assert app.text_input(key="goal").value == goal
    advised = [line.value for line in app.markdown if line.value.startswith("**")]
    assert advised[0].startswith(("**Lecture 3 ", "**第3回 "))
    assert escape(say("guide_named", language)) in texts(app)
    assert "https://youtu.be/BP5CM0YxbP8?t=0" in links(app)
    assert (say("guide_read", language), f"lang={language}&lecture=3&t=0") in page_links(app)


@LANGUAGES
def test_goal_that_nothing_serves_says_so(language):
    app = open_page("lectures", lang=language, goal="???")
    assert messages(app) == [say("no_lecture", language, goal="&#63;&#63;&#63;")]
    assert len(app.subheader) == 10


@LANGUAGES
def test_unusable_goal_says_why_above_the_lectures(language):
    app = open_page("lectures", lang=language, goal="long " * 500)
    assert messages(app) == [say("bad_question", language)]
    assert len(app.subheader) == 10


@LANGUAGES
def test_videos_outside_the_deck_are_listed_too(language, wider):
    app = open_page("lectures", lang=language)
    assert [heading.value for heading in app.header] == [say("other_videos", language)]
    assert app.subheader[-1].value == "On &#42;stripes&#42;"
    assert ":small[:gray[1:40]]" in texts(app) and f"https://youtu.be/{TALK}?t=0" in links(app)
    label, query = page_links(app)[-1]
    assert label == say("open_video", language)
    assert query == f"lang={language}&video={TALK}"


@LANGUAGES
def test_guide_leads_to_a_video_outside_the_deck(language, wider):
    app = open_page("lectures", lang=language, goal="zebras")
    query = f"lang={language}&video={TALK}&t=1"
    assert (say("guide_read", language), query) in page_links(app)


# One lecture


def test_lecture_page_begins_with_the_first_and_the_url_names_it():
    app = open_page("lecture")
    assert app.selectbox[0].value == "1"
    assert in_url(app, "lecture") == ["1"]
    assert "**Lecture 1 · " in texts(app)
    assert "No transcript is indexed" in texts(app)
    ran(app.selectbox[0].set_value("5").run())
    assert in_url(app, "lecture") == ["5"]
    assert "**Lecture 5 · " in texts(app)


@pytest.mark.parametrize("asked", ["77", "x", ""])
def test_unknown_lecture_in_a_link_falls_back_to_the_first(asked):
    assert open_page("lecture", lecture=asked).selectbox[0].value == "1"


@LANGUAGES
def test_notes_of_a_lecture_in_the_readers_language(language):
    app = open_page("lecture", lang=language, lecture="5")
    labels = [one.label for one in buttons(app, "passage-")]
    assert len(labels) > 50
    title = {"en": "Why the router needs float32", "ja": "ルータにfloat32が必要な理由"}[language]
    assert f"9:42 **{title}**" in labels
    assert "[YouTube 9:42](https://youtu.be/U8J32Z3qV8s?t=582)" in texts(app)
    assert not app.subheader  # no chapters


def test_play_a_note_and_from_the_beginning():
    app = open_page("lecture", lecture="5")
    note = next(one for one in buttons(app, "passage-") if one.label.startswith("9:42 "))
    ran(note.click().run())
    assert [(one.start_time, one.autoplay) for one in videos(app)] == [(581, True)]
    first = videos(app)[0].id
    ran(button(app, say("play_beginning", "en")).click().run())
    assert [one.start_time for one in videos(app)] == [0]
    assert videos(app)[0].id != first
    ran(app.selectbox[0].set_value("9").run())
    assert not videos(app)  # another lecture is not heard over it


@LANGUAGES
def test_find_nothing(language):
    app = open_page("lecture", lang=language, lecture="5")
    ran(app.text_input(key=find_key(5)).set_value("*zebra*").run())
    assert messages(app) == [say("find_nothing", language, wanted="&#42;zebra&#42;")]
    assert not buttons(app, "passage-")


def test_find_one_goes_round_to_itself():
    app = open_page("lecture", lecture="5")
    ran(app.text_input(key=find_key(5)).set_value("0.1 to 0.3").run())
    for label in ("Next", "Previous"):
        assert "Passage 1 of 1" in texts(app)
        ran(button(app, label).click().run())
    assert "Passage 1 of 1" in texts(app)
    assert len(buttons(app, "passage-")) == 1
    assert say("find_others", "en") not in texts(app)


@LANGUAGES
def test_find_many_steps_round_and_a_new_search_begins_at_the_first(language):
    app = open_page("lecture", lang=language, lecture="5")
    ran(app.text_input(key=find_key(5)).set_value("ROUTER" if language == "en" else "ルータ").run())
    number, count = position(app, language)
    assert number == 1 and count > 2
    shown = [one.label for one in buttons(app, "passage-")]
    assert len(shown) == count
    for step, wanted in (("next", 2), ("previous", 1), ("previous", count), ("next", 1)):
        ran(button(app, say(step, language)).click().run())
        assert position(app, language) == (wanted, count)
        assert len(buttons(app, "passage-")) == count  # the others are still there
    ran(button(app, say("next", language)).click().run())
    ran(app.text_input(key=find_key(5)).set_value("float32").run())
    assert position(app, language)[0] == 1
    assert ":yellow-background[**float32**]" in texts(app)


def find_key(lecture: int) -> str:
    return f"find-{load_course().lectures[lecture - 1].video_id}"


def position(app: AppTest, language: str) -> tuple[int, int]:
    """Return (number, count) of "Passage 2 of 7"."""
    pattern = {"en": r"Passage (?P<n>\d+) of (?P<c>\d+)", "ja": r"(?P<c>\d+)件中(?P<n>\d+)件目"}
    found = re.search(pattern[language], texts(app))
    assert found
    return int(found["n"]), int(found["c"])


@LANGUAGES
def test_slides_of_a_lecture(language):
    app = open_page("lecture", lang=language, lecture="5")
    view = next(one for one in app.radio if one.label == say("view", language))
    assert view.options == [say("view_notes", language), say("view_deck", language)]
    ran(view.set_value("view_deck").run())
    own = [slide for slide in load_course().slides if slide.lecture == 5]
    assert own and [link for link in links(app) if "?slide=" in link] == [
        slide.url for slide in own
    ]
    assert not buttons(app, "passage-")


def test_slides_of_another_deck(index_copy, monkeypatch):
    track = Origin("anotherdeck", "local", "anotherdeck.en.srt", "en", title=TITLE,
                   duration=600.0)  # fmt: skip
    keep(index_copy / "captions", RawTrack(track, SAID.encode()))
    (index_copy / "deck.txt").write_text(DECK, "utf-8")
    assert run("ingest", "--offline", "--index", index_copy).returncode == 0
    monkeypatch.setenv("CS25_INDEX", str(index_copy))
    app = open_page("lecture", lang="en", lecture="11")
    view = next(one for one in app.radio if one.label == say("view", "en"))
    ran(view.set_value("view_deck").run())
    own = [slide for slide in open_index(index_copy).generation.slides if slide.lecture == 11]
    assert own and all(say("slide", "en", number=slide.number) in texts(app) for slide in own)


@LANGUAGES
def test_question_asked_before_marks_its_moments(language):
    app = open_page("lecture", FLOAT32, lang=language, lecture="5")
    assert say("asked", language, question="Why does the router need float32&#63;") in texts(app)
    assert any(one.label.startswith("9:42 ") for one in buttons(app, "asked-"))
    badge = say("moment_here", language)
    assert texts(app).count(badge) >= 1
    ran(buttons(app, "asked-")[0].click().run())
    assert len(videos(app)) == 1
    assert badge not in texts(open_page("lecture", FLOAT32, lang=language, lecture="10"))


@LANGUAGES
def test_transcript_with_chapters_of_a_video_outside_the_deck(language, wider):
    app = open_page("lecture", lang=language, video=TALK)
    assert in_url(app, "video") == [TALK] and "lecture" not in app.query_params
    view = next(one for one in app.radio if one.label == say("view", language))
    assert view.options == [say("view_transcript", language)]
    assert [one.value for one in app.subheader] == ["0:00 Zebras", "1:30 The &#91;quagga&#93;"]
    assert [one.label for one in buttons(app, "passage-")] == ["0:01", "1:30"]
    assert "The quagga grazed &#42;there&#42; too&#46;" in texts(app)
    ran(app.text_input(key=f"find-{TALK}").set_value("quagga").run())
    assert position(app, language) == (1, 1)
    ran(buttons(app, "passage-")[0].click().run())
    assert [one.start_time for one in videos(app)] == [89]
    ran(app.selectbox[0].set_value("3").run())
    assert in_url(app, "lecture") == ["3"] and "video" not in app.query_params


# Index


@LANGUAGES
def test_index_page_counts_and_names_the_sources(language, index_dir):
    app = open_page("index", lang=language)
    assert {one.label: one.value for one in app.metric} == {
        say("count_videos", language): "10", say("count_notes", language): "576",
        say("count_windows", language): "0", say("count_slides", language): "33",
    }  # fmt: skip
    generation = (index_dir / "CURRENT").read_text().strip()
    assert app.text[0].value == str(index_dir / generation)
    assert "MiniLM" in texts(app)
    assert [query for _, query in page_links(app)] == [
        f"lang={language}&lecture={number}" for number in range(1, 11)
    ]
    assert [one.value for one in app.subheader] == [say("sources", language)]
    assert messages(app) == []


@LANGUAGES
def test_index_page_tells_what_failed_and_its_cure(language, wider):
    app = open_page("index", lang=language)
    assert say("failed", language) in [one.value for one in app.subheader]
    shown = texts(app)
    assert "**Broken &#42;captions&#42;** · " in shown
    assert "there is no caption in SRT" in shown
    assert "or remove the file" in shown
    assert say("source_captions", language, name=f"{TALK}&#46;en&#46;srt", cues=2) in shown
    assert page_links(app)[-1][1] == f"lang={language}&video={TALK}"


def test_unreadable_report_of_the_last_ingest_is_no_failure(index_copy, monkeypatch):
    monkeypatch.setenv("CS25_INDEX", str(index_copy))
    (index_copy / "last-ingest.json").write_text("{")
    app = open_page("index")
    assert [one.value for one in app.subheader] == [say("sources", "en")]


@LANGUAGES
def test_index_page_sees_an_ingest_that_runs_elsewhere(language, index_copy, monkeypatch):
    monkeypatch.setenv("CS25_INDEX", str(index_copy))
    with filelock.FileLock(index_copy / "ingest.lock"):
        app = open_page("index", lang=language)
        assert button(app, say("ingest", language)).disabled
        assert app.checkbox(key="offline").disabled
        assert say("ingest_running", language) in texts(app)
    ran(app.run())
    assert not button(app, say("ingest", language)).disabled
    assert say("ingest_running", language) not in texts(app)


def test_button_brings_the_index_up_to_date_and_tells_how_it_went(index_copy, monkeypatch):
    monkeypatch.setenv("CS25_INDEX", str(index_copy))
    broken = Origin(BROKEN, "local", f"{BROKEN}.en.srt", "en", title="Broken captions")
    keep(index_copy / "captions", RawTrack(broken, b"\x00 no captions"))
    app = open_page("index", lang="ja")
    ran(button(app, say("ingest", "ja")).click().run())
    assert say("ingest_running", "ja") in texts(app)
    wait_for_ingest(index_copy)
    for language in ("ja", "en"):
        ran(app.radio(key="language").set_value(language).run())
        assert messages(app) == [say("ingest_partly", language)]
        assert "576 chunks of 11 videos" in app.code[0].value
        assert "**Broken captions**" in texts(app)
        assert say("failed", language) in [one.value for one in app.subheader]


@LANGUAGES
def test_ingest_that_cannot_run_says_so(language, index_copy, monkeypatch):
    monkeypatch.setenv("CS25_INDEX", str(index_copy))
    shutil.rmtree(index_copy / "models")
    (index_copy / "models").write_text("a file where a folder must be")
    app = open_page("index", lang=language)
    ran(button(app, say("ingest", language)).click().run())
    wait_for_ingest(index_copy)
    ran(app.run())
    assert say("ingest_failed", language) in messages(app)


def wait_for_ingest(folder: Path) -> None:
    while ingesting.is_running(folder):
        time.sleep(0.1)


@LANGUAGES
@pytest.mark.parametrize("name", [ingesting.LOG, "ingest.lock"])
def test_index_folder_that_cannot_be_written_to_is_told(language, name, index_copy, monkeypatch):
    monkeypatch.setenv("CS25_INDEX", str(index_copy))
    (index_copy / name).unlink(missing_ok=True)
    (index_copy / name).mkdir()  # refused to everybody, root included
    app = open_page("index", lang=language)
    if name == ingesting.LOG:
        ran(button(app, say("ingest", language)).click().run())
        assert messages(app) == [say("ingest_unwritable", language)]
        assert any(f"{name}: Is a directory" in text.value for text in app.text)
        ran(app.run())
    assert say("ingest_unwritable", language) not in messages(app)
    assert not button(app, say("ingest", language)).disabled
