"""The app's other pages driven by AppTest on a real index: lectures, one lecture, the index."""

import re
import shutil
import time
from pathlib import Path

import filelock
import pytest
from conftest import copy_index, run_here
from poison import DECK, TITLE
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash
from test_app import APP, FLOAT32, desk, flip_a_byte, in_url, links, pieces, ran, texts

import ingest
from cs25search import open_index
from cs25search.course.read import load_course
from cs25search.formats import VERDICTS
from cs25search.progress import recorded
from cs25search.ui import ingesting
from cs25search.ui.views.markup import escape_markup
from cs25search.ui.views.texts import TEXTS
from cs25search.ui.widgets.ingest_progress import STEPS
from ingest.captions.files import Origin, RawTrack, store_track

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
def wider_index(small_dir, tmp_path_factory):
    """The small course, a talk that is not in the deck, and unreadable captions."""
    folder = copy_index(small_dir, tmp_path_factory.mktemp("wider") / "index")
    talk = Origin(TALK, "local", f"{TALK}.en.srt", "en", title="On *stripes*", duration=100.0,
                  chapters=((0.0, "Zebras"), (90.0, "The [quagga]")))  # fmt: skip
    store_track(folder / "captions", RawTrack(talk, SAID.encode()))
    broken = Origin(BROKEN, "local", f"{BROKEN}.en.srt", "en", title="Broken *captions*")
    store_track(folder / "captions", RawTrack(broken, b"\x00 no captions"))
    courses = str(small_dir.parents[1] / "courses")
    done = run_here("ingest", "--offline", "--index", folder, CS25_COURSES=courses)
    assert done.returncode == 3, done.stderr
    return folder


@pytest.fixture
def wider(wider_index, small_dir, monkeypatch):
    """The app uses the wider index."""
    monkeypatch.setenv("CS25_INDEX", str(wider_index))
    monkeypatch.setenv("CS25_COURSES", str(small_dir.parents[1] / "courses"))


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


@pytest.mark.parametrize("language", ["en", "ja"])
def test_keys_of_find_are_listed_on_the_page_that_has_it(language):
    for path, is_listed in (("lecture", True), ("", False)):
        listed = desk(open_page(path, lang=language, lecture="5"))["words"]["keys_list"]
        assert (["Enter / Shift+Enter", say("key_find", language)] in listed) == is_listed


@pytest.mark.parametrize("path", ["sources", "index"])
def test_the_sources_page_has_its_name_and_the_earlier_one_as_address(path):
    app = open_page(path, lang="en")
    assert app.title[0].value == say("page_sources", "en") and app.metric


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
    key = {"lectures": "page_lectures", "lecture": "page_lecture", "index": "page_sources"}[path]
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
    assert [code.value for code in app.code] == ["cs25search ingest cs25"]
    assert [text.value for text in app.text] == [str(tmp_path / "none" / "cs25")]
    if path == "index":
        assert say("index_button", language) in texts(app)
    else:
        assert say("index_build", language) in [label for label, _ in page_links(app)]


@LANGUAGES
@PAGES
def test_page_without_index_shows_how_far_the_first_ingest_is(
    path, language, tmp_path, monkeypatch
):
    monkeypatch.setenv("CS25_INDEX", str(tmp_path / "none"))
    folder = tmp_path / "none" / "cs25"
    folder.mkdir(parents=True)
    with filelock.FileLock(folder / "ingest.lock"), recorded(folder) as recorder:
        recorder.step("encoder", 0, None)
        app = open_page(path, lang=language)
        assert say("step_encoder", language) in texts(app)
        assert say("index_missing", language) not in messages(app)
        assert not app.code
    ran(app.run())
    assert say("index_missing", language) in messages(app)


@PAGES
def test_damaged_index_shows_how_far_the_ingest_is_that_rebuilds_it(path, index_copy, monkeypatch):
    monkeypatch.setenv("CS25_INDEX", str(index_copy))
    flip_a_byte(index_copy, "tokens.npy")
    with filelock.FileLock(index_copy / "ingest.lock"), recorded(index_copy) as recorder:
        recorder.step("read", 0, None)
        app = open_page(path)
        assert say("step_read", "en") in texts(app)
        assert say("index_damaged", "en") not in messages(app)
    ran(app.run())
    assert say("index_damaged", "en") in messages(app)


@LANGUAGES
@PAGES
def test_damaged_index_names_the_file(path, language, index_copy, monkeypatch):
    monkeypatch.setenv("CS25_INDEX", str(index_copy))
    flip_a_byte(index_copy, "tokens.npy")
    app = open_page(path, lang=language)
    assert messages(app) == [say("index_damaged", language)]
    assert app.code[0].value == "cs25search ingest cs25"
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
    assert escape_markup(VERDICTS["named"][language == "ja"]) in texts(app)
    assert 'href="https://youtu.be/BP5CM0YxbP8?t=0"' in "".join(pieces(app))
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


def text(app: AppTest) -> str:
    """Return the HTML of the lecture's text."""
    return next(one for one in pieces(app) if one.startswith('<div class="cs-text'))


def contents(app: AppTest) -> str:
    return next(one for one in pieces(app) if one.startswith("<nav class=cs-contents"))


def views(app: AppTest, language: str) -> tuple[list[str], str]:
    """Return the labels of the views, and the one that is shown."""
    control = app.get("button_group")[0]
    return control.options, say(f"view_{control.value}", language)


def test_lecture_page_begins_with_the_first_and_the_url_names_it():
    app = open_page("lecture")
    assert app.selectbox[0].value == "1"
    assert in_url(app, "lecture") == ["1"]
    assert "**Lecture 1 · " in texts(app)
    assert "No transcript is indexed" in texts(app)
    ran(app.selectbox[0].set_value("5").run())
    assert in_url(app, "lecture") == ["5"]
    assert "**Lecture 5 · " in texts(app)


@LANGUAGES
@pytest.mark.parametrize("asked", ["99", "x*y"])
def test_unknown_lecture_in_a_link_is_said_and_another_can_be_chosen(language, asked):
    app = open_page("lecture", lang=language, lecture=asked)
    assert messages(app) == [say("unknown_lecture", language, name=escape_markup(asked))]
    assert app.selectbox[0].value is None
    assert not any(one.startswith('<div class="cs-text') for one in pieces(app))
    ran(app.selectbox[0].set_value("5").run())
    assert messages(app) == [] and in_url(app, "lecture") == ["5"]


@LANGUAGES
def test_notes_of_a_lecture_in_the_readers_language(language):
    app = open_page("lecture", lang=language, lecture="5")
    shown = text(app)
    title = {"en": "Why the router needs float32", "ja": "ルータにfloat32が必要な理由"}[language]
    assert f">9:42 {title}</a>" in shown
    assert shown.count("class=cs-note lang=") > 50
    assert 'href="https://youtu.be/U8J32Z3qV8s?t=582"' in shown
    assert f"cs-badge>{say('qa', language)}<" in shown
    assert "mixture of experts" in shown  # a term
    outline = {"en": "The Switch layer and its training recipe", "ja": "Switch"}[language]
    assert outline in contents(app)


@LANGUAGES
def test_both_languages_beside_each_other_by_link_and_by_click(language):
    app = open_page("lecture", lang=language, lecture="5", view="languages")
    assert views(app, language)[1] == say("view_languages", language)
    shown = text(app)
    assert shown.count("cs-note lang=en") == shown.count("cs-note lang=ja") > 50
    ran(app.get("button_group")[0].set_value("notes").run())
    assert "view" not in app.query_params and text(app).count("cs-note") > 50


@LANGUAGES
def test_find_nothing(language):
    app = open_page("lecture", lang=language, lecture="5")
    ran(app.text_input(key="find").set_value("*zebra*").run())
    assert messages(app) == [say("find_nothing", language, wanted="&#42;zebra&#42;")]
    assert "<mark>" not in text(app) and desk(app)["found"] == ""


@LANGUAGES
def test_found_words_are_counted_and_marked_and_the_link_keeps_them(language):
    word = "ROUTER" if language == "en" else "ルータ"
    app = open_page("lecture", lang=language, lecture="5", find=word)
    count = text(app).count("<mark>")
    assert count > 5
    counted = say("find_count", language, number="<b data-found>1</b>", count=count)
    assert any(counted in one for one in pieces(app))
    assert desk(app)["found"] == word and desk(app)["box"] == say("find", language)


@LANGUAGES
def test_slides_of_a_lecture_and_the_notes_that_they_fit(language):
    app = open_page("lecture", lang=language, lecture="5")
    own = [slide for slide in load_course().slides if slide.lecture == 5]
    shown = next(one for one in pieces(app) if one.startswith("<section class=cs-slides"))
    assert own and all(slide.url.replace("&", "&amp;") in shown for slide in own)
    numbers = set(re.findall(r"data-slide=(\d+)", text(app)))
    assert numbers <= {str(slide.number) for slide in own} and len(numbers) > 1


def test_slides_of_another_deck(small_copy, monkeypatch):
    track = Origin("anotherdeck", "local", "anotherdeck.en.srt", "en", title=TITLE,
                   duration=600.0)  # fmt: skip
    store_track(small_copy / "captions", RawTrack(track, SAID.encode()))
    (small_copy / "deck.txt").write_text(DECK, "utf-8")
    assert run_here("ingest", "--offline", "--index", small_copy).returncode == 0
    monkeypatch.setenv("CS25_INDEX", str(small_copy))
    app = open_page("lecture", lang="en", lecture="11")
    own = [slide for slide in open_index(small_copy).generation.slides if slide.lecture == 11]
    shown = "".join(pieces(app))
    assert own and all(say("slide", "en", number=slide.number) in shown for slide in own)
    assert "<script" not in shown


@LANGUAGES
def test_question_asked_before_marks_its_moments(language):
    app = open_page("lecture", FLOAT32, lang=language, lecture="5")
    assert say("asked", language, question="Why does the router need float32&#63;") in texts(app)
    badge = f"cs-badge>{say('moment_here', language)}<"
    assert badge in text(app) and text(app).count("data-moment>") == text(app).count(badge)
    assert badge not in text(open_page("lecture", FLOAT32, lang=language, lecture="10"))


@LANGUAGES
def test_captions_with_chapters_of_a_video_outside_the_deck(language, wider):
    app = open_page("lecture", lang=language, video=TALK)
    assert in_url(app, "video") == [TALK] and "lecture" not in app.query_params
    assert views(app, language) == ([say("view_speech", language)], say("view_speech", language))
    shown = text(app)
    assert re.findall("<h2>(?:<a [^>]*>)?([^<]*)(?:</a>)?([^<]*)</h2>", shown) == [
        ("0:00", " Zebras"), ("1:30", " The [quagga]"),
    ]  # fmt: skip
    assert "The quagga grazed *there* too." in shown and "Zebras" in contents(app)
    assert shown.count("data-group=speech") == 2
    assert "cs-slides" not in "".join(pieces(app))
    ran(app.text_input(key="find").set_value("quagga").run())
    assert text(app).count("<mark>quagga</mark>") == 1
    assert text(app).count("data-group=speech") == 2  # all of it stays


def test_a_question_finds_moments_in_a_video_outside_the_deck_too(wider):
    app = open_page("lecture", "Where did the quagga graze?", lang="en", video=TALK)
    assert say("moment_here", "en") in text(app)


# Index


@LANGUAGES
def test_sources_page_counts_and_names_the_sources(language, index_dir):
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
def test_sources_page_tells_what_failed_and_its_cure(language, wider):
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
def test_sources_page_sees_an_ingest_that_runs_elsewhere(language, index_copy, monkeypatch):
    monkeypatch.setenv("CS25_INDEX", str(index_copy))
    with filelock.FileLock(index_copy / "ingest.lock"):
        app = open_page("index", lang=language)
        assert button(app, say("ingest", language)).disabled
        assert app.checkbox(key="offline").disabled
        assert say("ingest_running", language) in texts(app)
    ran(app.run())
    assert not button(app, say("ingest", language)).disabled
    assert say("ingest_running", language) not in texts(app)


@LANGUAGES
@pytest.mark.parametrize("step", STEPS)
def test_steps_of_an_ingest_are_named_in_the_language_of_the_page(
    language, step, small_copy, monkeypatch
):
    monkeypatch.setenv("CS25_INDEX", str(small_copy))
    with filelock.FileLock(small_copy / "ingest.lock"), recorded(small_copy) as recorder:
        recorder.step(step, 0, None)
        app = open_page("index", lang=language)
        assert say(STEPS[step], language) in texts(app)
        assert not app.code


def test_every_step_of_an_ingest_has_a_name():
    folder = Path(ingest.__file__).parent
    source = "".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    assert set(re.findall(r'(?<!write\("ingest", )\bstep="(\w+)"', source)) == set(STEPS)
    assert source.count("remarks.status(") == len(
        re.findall(r'remarks\.status\([^)]*step="', source)
    )


def test_button_brings_the_index_up_to_date_and_tells_how_it_went(small_copy, monkeypatch):
    monkeypatch.setenv("CS25_INDEX", str(small_copy))
    chunks = len(open_index(small_copy).generation.chunks)
    broken = Origin(BROKEN, "local", f"{BROKEN}.en.srt", "en", title="Broken captions")
    store_track(small_copy / "captions", RawTrack(broken, b"\x00 no captions"))
    app = open_page("index", lang="ja")
    ran(button(app, say("ingest", "ja")).click().run())
    assert say("ingest_running", "ja") in texts(app)
    wait_for_ingest(small_copy)
    for language in ("ja", "en"):
        ran(app.radio(key="language").set_value(language).run())
        assert messages(app) == [say("ingest_partly", language)]
        assert f"{chunks} chunks of 11 videos" in app.code[0].value
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


# Search


@LANGUAGES
def test_search_is_limited_to_a_video_outside_the_deck(language, wider):
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["lang"], app.query_params["video"] = language, TALK
    app.query_params["q"] = "zebras and the quagga"
    ran(app.run())
    assert app.multiselect(key=f"lectures-{language}").value == [TALK]
    own = [line.value for line in app.markdown if line.value.startswith("**")]
    assert own and all("stripes" in line for line in own)
    ran(app.multiselect(key=f"lectures-{language}").set_value([5, TALK]).run())
    assert in_url(app, "lecture") == ["5"] and in_url(app, "video") == [TALK]
