"""The page of kept moments, driven by AppTest."""

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash
from test_app import APP, FLOAT32, ask, open_app, pieces, ran, texts

from cs25search.ui.views import kept
from cs25search.ui.views.kept import KeptMoment
from cs25search.ui.widgets.kept_list import KEPT

ROUTER = KeptMoment("U8J32Z3qV8s", 582, 624, 18)
OTHERS = [ROUTER, KeptMoment("U8J32Z3qV8s", 683, 769), KeptMoment("unknownvid1", 5, 9)]


@pytest.fixture(autouse=True)
def bundled_course(index_dir, monkeypatch):
    """The app uses the index of the bundled course, unless a test names another."""
    monkeypatch.setenv("CS25_INDEX", str(index_dir))


def open_moments(own: list[KeptMoment], **params: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.session_state[KEPT] = kept.with_changes({}, kept.add({}, own, 1))
    for name, value in params.items():
        app.query_params[name] = value
    app._page_hash = calc_hash("moments")
    return ran(app.run())


def press(app: AppTest, key: str) -> AppTest:
    return ran(app.button(key=key).click().run())


def order(app: AppTest) -> list[int]:
    return [one.start for one in kept.listed(app.session_state[KEPT])]


def test_star_keeps_a_moment_and_takes_it_off_again():
    app = ask(open_app(), FLOAT32)
    press(app, "keep-U8J32Z3qV8s.582")
    (one,) = kept.listed(app.session_state[KEPT])
    assert (one.start, one.end, one.slide) == (582, 624, 18)
    assert app.button(key="keep-U8J32Z3qV8s.582").label == "Kept"
    press(app, "keep-U8J32Z3qV8s.582")
    assert kept.listed(app.session_state[KEPT]) == []


def test_nothing_is_kept_at_first():
    app = open_moments([])
    assert "Nothing kept yet" in app.info[0].value


@pytest.mark.parametrize("language", ["en", "ja"])
def test_kept_moments_are_shown_with_note_slide_and_link(language):
    app = open_moments(OTHERS, lang=language)
    shown = "".join(pieces(app))
    assert 'href="https://youtu.be/U8J32Z3qV8s?t=582"' in shown and "data-reel" in shown
    assert ("Study note" if language == "en" else "学習メモ") in texts(app)
    assert "unknownvid1" in texts(app) and "https://youtu.be/unknownvid1?t=5" in texts(app)
    assert "slide=18" in texts(app)


def test_moments_move_and_keep_a_note_and_can_be_put_back():
    app = open_moments(OTHERS)
    assert app.button(key=f"kept_up-{ROUTER.name}").disabled
    press(app, f"kept_down-{ROUTER.name}")
    assert order(app) == [683, 582, 5]
    ran(app.text_area(key=f"own-{ROUTER.name}").set_value("for the *talk*").run())
    press(app, f"kept_remove-{ROUTER.name}")
    assert order(app) == [683, 5]
    (undo,) = [one for one in app.button if one.label == "Undo"]
    ran(undo.click().run())
    assert order(app) == [683, 582, 5]
    assert app.text_area(key=f"own-{ROUTER.name}").value == "for the *talk*"
    assert not [one for one in app.button if one.label == "Undo"]


def test_the_last_moment_can_be_put_back_too():
    app = open_moments([ROUTER])
    press(app, f"kept_remove-{ROUTER.name}")
    ran(next(one for one in app.button if one.label == "Undo").click().run())
    assert order(app) == [582]


def test_link_holds_the_list_and_its_moments_join_the_visitors_own_when_asked():
    app = open_moments(OTHERS)
    assert f"moments={kept.write_link(OTHERS)}" in next(code.value for code in app.code)
    other = open_moments([ROUTER], moments=f"{kept.write_link(OTHERS)}~<script>")
    assert order(other) == [582] and "1" in other.warning[0].value
    ran(next(one for one in other.button if one.label == "Keep these moments: 2").click().run())
    assert order(other) == [582, 683, 5] and "moments" not in other.query_params
    again = open_moments(OTHERS, moments=kept.write_link(OTHERS))
    assert "You have kept all of them already" in texts(again)


def test_a_link_full_of_nonsense_is_only_counted():
    app = open_moments([], moments="~".join(["<b>x</b>.1.2"] * 300))
    assert "300" in app.warning[0].value and "<b>" not in texts(app)


def test_moments_are_shown_without_an_index_too(tmp_path, monkeypatch):
    monkeypatch.setenv("CS25_INDEX", str(tmp_path))
    app = open_moments([ROUTER])
    assert "https://youtu.be/U8J32Z3qV8s?t=582" in texts(app) and app.error


def test_a_full_list_says_so_and_takes_no_more():
    app = ask(open_app(), FLOAT32)
    many = [KeptMoment("abcdefghijk", n, n + 1) for n in range(kept.MOST)]
    app.session_state[KEPT] = kept.with_changes({}, kept.add({}, many, 1))
    ran(app.run())
    star = app.button(key="keep-U8J32Z3qV8s.582")
    assert star.disabled and "200" in star.help
