"""The app driven by AppTest on a real index: ask, filter, play, languages, links, errors."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cs25search.course.read import load_course
from cs25search.index.files import read_generation, write_generation
from cs25search.integrity import seal
from cs25search.text.markdown import JOINER
from cs25search.ui.views.markup import escape
from cs25search.ui.views.texts import TEXTS

APP = Path(__file__).parents[1] / "app.py"
FLOAT32 = "Why does the router need float32?"


@pytest.fixture(autouse=True)
def bundled_course(index_dir, monkeypatch):
    """The app uses the index of the bundled course, unless a test names another."""
    monkeypatch.setenv("CS25_INDEX", str(index_dir))


def open_app(**params: str | list[str]) -> AppTest:
    """Open a link to the app with these parameters."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    for name, value in params.items():
        app.query_params[name] = value
    return ran(app.run())


def ran(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def ask(app: AppTest, question: str) -> AppTest:
    return ran(app.text_input(key="q").set_value(question).run())


def headings(app: AppTest) -> list[str]:
    """Return the headings of the moments."""
    return [heading.value for heading in app.header if heading.value[0].isdigit()]


def links(app: AppTest) -> list[str]:
    return [link.proto.url for link in app.get("link_button")]


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown).replace(JOINER, "")


def in_url(app: AppTest, name: str) -> list[str]:
    value = app.query_params[name]
    return [value] if isinstance(value, str) else value


def videos(app: AppTest) -> list[object]:
    return [element.proto for element in app.get("video")]


def play(app: AppTest, rank: int) -> AppTest:
    buttons = [button for button in app.button if button.key.startswith("play-")]
    return ran(buttons[rank - 1].click().run())


def test_empty_page_offers_examples_and_says_whose_content_it_is():
    app = open_app()
    assert app.pills[0].options == list(load_course().about.examples)
    assert not app.header
    course = load_course()
    assert course.about.url in texts(app) and course.deck.url in texts(app)
    assert "Stanford" in texts(app) and "sadahry" in texts(app)


def test_question_leads_to_a_moment_with_its_links_and_slide():
    app = ask(open_app(), FLOAT32)
    best = headings(app)[0]
    assert best.startswith("9:42–10:24 · ") and "float32" in best
    assert "https://youtu.be/U8J32Z3qV8s?t=582" in links(app)
    assert f"{load_course().deck.url}?slide=18" in links(app)
    assert "**Lecture 5 · Scaling transformers** · Barret Zoph&#44; Irwan Bello" in texts(app)
    assert ":yellow-background[**router**]" in texts(app)
    assert "Slide 18 of sadahry's summary" in texts(app)
    assert not app.pills


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(("number", "lecture"), list(enumerate((5, 9, 2, 3, 8))))
def test_click_on_an_example_asks_it_and_its_lecture_comes_first(language, number, lecture):
    app = open_app(lang=language)
    about = load_course().about
    question = (about.examples_ja if language == "ja" else about.examples)[number]
    ran(app.pills[0].set_value(question).run())
    assert app.text_input(key="q").value == question
    first = next(line.value for line in app.markdown if line.value.startswith("**"))
    assert first.startswith(f"**Lecture {lecture} " if language == "en" else f"**第{lecture}回 ")


def test_lectures_filter_the_moments():
    app = ask(open_app(), FLOAT32)
    ran(app.multiselect(key="lectures-en").set_value([3, 9]).run())
    titles = [line.value for line in app.markdown if line.value.startswith("**Lecture")]
    assert titles and all(title.startswith(("**Lecture 3 ", "**Lecture 9 ")) for title in titles)
    assert in_url(app, "lecture") == ["3", "9"]
    ran(app.multiselect(key="lectures-en").set_value([]).run())
    assert "lecture" not in app.query_params


def test_link_restores_question_language_and_lectures():
    app = open_app(q=FLOAT32, lang="ja", lecture=["9", "5", "77"])
    assert app.text_input(key="q").value == FLOAT32
    assert app.radio(key="language").value == "ja"
    assert app.multiselect(key="lectures-ja").value == [5, 9]
    assert "第5回" in texts(app) and len(headings(app)) == 5
    assert in_url(app, "lecture") == ["5", "9"]


def test_language_switch_keeps_question_and_lectures():
    app = open_app(q=FLOAT32, lecture=["5", "9"])
    for language in ("ja", "en"):
        ran(app.radio(key="language").set_value(language).run())
        assert app.text_input(key="q").value == FLOAT32
        assert app.multiselect(key=f"lectures-{language}").value == [5, 9]
        assert in_url(app, "lang") == [language] and in_url(app, "lecture") == ["5", "9"]


def test_unknown_language_in_a_link_falls_back_to_english():
    app = open_app(lang="xx")
    assert app.title[0].value.startswith("Find the moment in CS25")
    assert in_url(app, "lang") == ["en"]


def test_japanese_page_shows_notes_slides_and_titles_in_japanese():
    app = ask(open_app(), FLOAT32)
    ran(app.radio(key="language").set_value("ja").run())
    assert app.title[0].value.startswith("CS25")
    assert headings(app)[0] == "9:42–10:24 · ルータにfloat32が必要な理由"
    assert "**第5回 · Transformerのスケーリング**" in texts(app)
    assert "スライド18" in texts(app)
    assert app.text_input(key="q").value == FLOAT32
    labels = [button.label for button in app.button if button.key.startswith("play-")]
    assert labels == ["ここで再生"] * 5
    assert in_url(app, "lang") == ["ja"]


def test_play_starts_the_video_at_the_moment_and_again_at_a_second_click():
    app = ask(open_app(), FLOAT32)
    assert not videos(app)
    first = videos(play(app, 1))
    assert len(first) == 1
    assert first[0].url == "https://www.youtube.com/embed/U8J32Z3qV8s"
    assert (first[0].start_time, first[0].autoplay) == (581, True)  # a second of lead
    again = videos(play(app, 1))
    assert len(again) == 1 and again[0].id != first[0].id  # another element, so it starts over
    other = videos(play(app, 2))
    assert len(other) == 1 and other[0].start_time != 582


def test_a_new_question_stops_the_video_and_a_new_language_does_not():
    app = play(ask(open_app(), FLOAT32), 1)
    before = videos(app)[0].id
    ran(app.radio(key="language").set_value("ja").run())
    assert [video.id for video in videos(app)] == [before]
    assert not videos(ask(app, "float32 router"))


@pytest.mark.parametrize("language", [0, 1], ids=["en", "ja"])
def test_nothing_found_says_what_to_try(language):
    app = open_app(q="???", lang=("en", "ja")[language])
    said = TEXTS["nothing"][language].format(question="&#63;&#63;&#63;")
    assert [box.value for box in app.info] == [said]
    ran(app.multiselect(key=f"lectures-{('en', 'ja')[language]}").set_value([3]).run())
    said = TEXTS["nothing_filtered"][language].format(question="&#63;&#63;&#63;")
    assert [box.value for box in app.info] == [said]


@pytest.mark.parametrize("language", [0, 1], ids=["en", "ja"])
@pytest.mark.parametrize(
    ("question", "detail"),
    [("   ", "The question is empty"), ("long " * 500, "characters; at most 2000 are searched")],
    ids=["empty", "too long"],
)
def test_unusable_question_says_why(language, question, detail):
    app = ask(open_app(lang=("en", "ja")[language]), question)
    assert [box.value for box in app.error] == [TEXTS["bad_question"][language]]
    assert detail in app.text[0].value
    assert not app.code


@pytest.mark.parametrize("language", [0, 1], ids=["en", "ja"])
def test_missing_index_says_how_to_build_it(tmp_path, monkeypatch, language):
    monkeypatch.setenv("CS25_INDEX", str(tmp_path / "none"))
    app = open_app(lang=("en", "ja")[language])
    assert [box.value for box in app.error] == [TEXTS["index_missing"][language]]
    assert app.code[0].value == "python -m ingest cs25"
    assert "none" in app.text[0].value


def flip_a_byte(index: Path, name: str) -> None:
    path = index / (index / "CURRENT").read_text().strip() / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("language", [0, 1], ids=["en", "ja"])
def test_damaged_index_names_the_file_and_works_once_repaired(index_copy, monkeypatch, language):
    monkeypatch.setenv("CS25_INDEX", str(index_copy))
    flip_a_byte(index_copy, "tokens.npy")
    app = open_app(q=FLOAT32, lang=("en", "ja")[language])
    assert [box.value for box in app.error] == [TEXTS["index_damaged"][language]]
    assert app.code[0].value == "python -m ingest cs25"
    assert "tokens.npy" in app.text[0].value
    assert not app.header
    flip_a_byte(index_copy, "tokens.npy")
    ran(app.run())
    assert not app.error
    assert headings(app)[0].startswith("9:42–10:24")


def test_missing_model_says_to_rebuild(index_copy, monkeypatch):
    monkeypatch.setenv("CS25_INDEX", str(index_copy))
    shutil.rmtree(index_copy / "models")
    app = open_app(q=FLOAT32)
    assert [box.value for box in app.error] == [TEXTS["model"][0]]
    assert app.code[0].value == "python -m ingest cs25"


def test_new_generation_is_served_without_a_restart(index_copy, monkeypatch):
    monkeypatch.setenv("CS25_INDEX", str(index_copy))
    app = open_app(q=FLOAT32)
    before = headings(app)
    old = index_copy / (index_copy / "CURRENT").read_text().strip()
    new = index_copy / "20300101T000000Z-beef"
    shutil.copytree(old, new)
    manifest = (new / "manifest.json").read_text()
    (new / "manifest.json").write_text(manifest.replace(old.name, new.name))
    seal(new / "manifest.json")
    (index_copy / "CURRENT").write_text(new.name + "\n")
    shutil.rmtree(old)
    assert headings(ran(app.run())) == before
    shutil.rmtree(new)  # gone: no stale copy answers
    assert [box.value for box in ran(app.run()).error] == [TEXTS["index_damaged"][0]]


@pytest.mark.parametrize("language", [0, 1], ids=["en", "ja"])
def test_damaged_index_gives_way_to_the_one_before_and_the_page_says_so(
    index_copy, monkeypatch, language
):
    monkeypatch.setenv("CS25_INDEX", str(index_copy))
    built = read_generation(index_copy).manifest.created.replace("T", " ")[:16]
    write_generation(index_copy, read_generation(index_copy))
    app = open_app(q=FLOAT32, lang=("en", "ja")[language])
    before = headings(app)
    assert not app.warning
    flip_a_byte(index_copy, "tokens.npy")  # while it is served
    ran(app.run())
    assert [box.value for box in app.warning] == [
        TEXTS["older_served"][language].format(when=escape(f"{built} UTC"))
    ]
    assert app.code[0].value == "python -m ingest cs25"
    assert "tokens.npy has sha256" in app.text[0].value
    assert headings(app) == before
    flip_a_byte(index_copy, "tokens.npy")
    assert not ran(app.run()).warning
