"""The app driven by AppTest on a real index: ask, filter, play, languages, links, errors."""

import html
import json
import re
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cs25search.course.read import load_course
from cs25search.index.files import read_generation, write_generation
from cs25search.integrity import seal
from cs25search.text.markdown import JOINER
from cs25search.ui.views.markup import escape_markup
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


def pieces(app: AppTest) -> list[str]:
    """Return the HTML that the page shows, without its styles."""
    return [one.proto.body for one in app.get("html") if not one.proto.body.startswith("<style")]


def headings(app: AppTest) -> list[str]:
    """Return the headings of the moments."""
    found = re.findall(r"data-moment>(.*?)</a>(?:.*?)</h3>", "".join(pieces(app)))
    return [html.unescape(heading) for heading in found]


def links(app: AppTest) -> list[str]:
    return [link.proto.url for link in app.get("link_button")]


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown).replace(JOINER, "")


def in_url(app: AppTest, name: str) -> list[str]:
    value = app.query_params[name]
    return [value] if isinstance(value, str) else value


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
    shown = "".join(pieces(app))
    assert "https://youtu.be/U8J32Z3qV8s?t=582" in shown
    assert f"{load_course().deck.url}?slide=18" in shown
    assert app.get("page_link")[0].proto.query_string.endswith("lecture=5&t=582")
    assert "**Lecture 5 · Scaling transformers** · Barret Zoph&#44; Irwan Bello" in texts(app)
    assert "<mark>router</mark>" in shown
    assert "Slide 18 of sadahry&#x27;s summary" in html.unescape(shown).replace("'", "&#x27;")
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
    assert "スライド18" in "".join(pieces(app))
    assert app.text_input(key="q").value == FLOAT32
    assert len(headings(app)) == 5
    assert in_url(app, "lang") == ["ja"]


def desk(app: AppTest) -> dict[str, object]:
    """Return what the script of the player is given."""
    (found,) = [one.proto for one in app.get("bidi_component")
                if one.proto.component_name == "cs25search.desk"]  # fmt: skip
    return json.loads(found.json)


def test_desk_knows_titles_and_texts_in_the_language_of_the_page():
    app = ask(open_app(), FLOAT32)
    before = desk(app)
    assert before["titles"]["U8J32Z3qV8s"] == "Lecture 5 · Scaling transformers"
    assert before["media"] == {} and before["video"] == ""
    ran(app.radio(key="language").set_value("ja").run())
    after = desk(app)
    assert after["titles"]["U8J32Z3qV8s"].startswith("第5回") and after["box"] == "質問"
    assert after["words"].keys() == before["words"].keys()
    assert len(after["words"]["keys_list"]) == len(before["words"]["keys_list"])


@pytest.mark.parametrize("language", ["en", "ja"])
def test_more_moments_follow_the_best_until_another_question(language):
    app = open_app(q=FLOAT32, lang=language)
    first = headings(app)
    more = next(one for one in app.button if one.label == TEXTS["more_moments"][language == "ja"])
    ran(more.click().run())
    assert len(headings(app)) == 10 and set(first) <= set(headings(app))
    assert len(headings(ask(app, "What is pass@k?"))) == 5


def test_long_question_is_shown_in_full():
    long = "Why does the router need float32 when everything else is computed in bfloat16?"
    assert escape_markup(long) in texts(open_app(q=long))
    assert escape_markup(FLOAT32) not in texts(open_app(q=FLOAT32))


@pytest.mark.parametrize("language", [0, 1], ids=["en", "ja"])
def test_nothing_found_says_what_to_try(language):
    app = open_app(q="???", lang=("en", "ja")[language])
    said = TEXTS["nothing"][language].format(question="&#63;&#63;&#63;")
    assert [box.value for box in app.info] == [said]
    assert app.pills[0].options and app.get("page_link")  # a way on
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
    assert app.code[0].value == "cs25search ingest cs25"
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
    assert app.code[0].value == "cs25search ingest cs25"
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
    assert [box.value for box in app.error] == [TEXTS["encoder"][0]]
    assert app.code[0].value == "cs25search ingest cs25"


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
        TEXTS["older_served"][language].format(when=escape_markup(f"{built} UTC"))
    ]
    assert app.code[0].value == "cs25search ingest cs25"
    assert "tokens.npy has sha256" in app.text[0].value
    assert headings(app) == before
    flip_a_byte(index_copy, "tokens.npy")
    assert not ran(app.run()).warning
