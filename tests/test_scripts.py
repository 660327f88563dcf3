"""Components of our own are files that this server serves."""

from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.testing.v1 import AppTest

from cs25search.ui.widgets.scripts import FOLDER, PACKAGE


def page() -> None:
    import streamlit as st
    from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager

    from cs25search.ui.widgets.scripts import component

    component("kept")(key="one", data={"changes": [], "known": {}})
    component("kept")(key="two", data={"changes": [], "known": {}})
    found = get_bidi_component_manager().get("cs25search.kept")
    st.text(found.js_url)
    st.text(str(found.js_content))


def test_a_script_is_served_from_its_file_and_not_sent_as_text():
    app = AppTest.from_function(page).run(timeout=60)
    assert not app.exception
    assert [text.value for text in app.text] == ["kept.js", "None"]
    assert (PACKAGE / FOLDER / "kept.js").is_file()
    assert get_bidi_component_manager().get("cs25search.kept") is None  # another runtime
