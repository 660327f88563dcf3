"""Hostile text is shown literally: checked on the string, and in a browser if there is one."""

import json
import shutil
import socket
import subprocess
import sys
import time
from urllib.request import urlopen

import pytest

from cs25search.text.clean import clean
from cs25search.text.markdown import JOINER
from cs25search.ui.views.markup import escape_markup

HOSTILE = [
    "![](http://evil.example/pixel.png)",
    "![x](https://evil.example/pixel.png 'title')",
    "[x](javascript:alert(1))",
    "[x](https://evil.example)",
    "[x][1]",
    "[1]: https://evil.example",
    "<https://evil.example>",
    "<style>body{display:none}</style>",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!-- hidden -->",
    "$x^2$ and $$y$$",
    "costs $5 and $10",
    ":red[x]",
    ":blue-background[x] and :violet-badge[y]",
    ":color[x]{foreground='#d50000'}",
    ":small[x] :shimmer[y]",
    ":smile: and :+1: and :100:",
    ":material/home: and :streamlit:",
    ":material_home:",
    "https://evil.example/path?q=1",
    "see http://evil.example. Or HTTPS://EVIL.example!",
    "www.evil.example and Www.evil.example",
    "mail me@evil.example or mailto:me@evil.example",
    "# heading",
    "- item",
    "1. item",
    "1) item",
    "> quote",
    "**bold** __bold__ *it* _it_ ~~gone~~",
    "`code` and ```fence```",
    "| a | b | |---|---| | c | d |",
    "a -> b <- c <-> d -- e >= f <= g ~= h",
    "->",
    "---",
    "&amp; &lt;b&gt; &#42;&copy;",
    r"back\slash \* \[ \\",
    "[^1] and [^1]: note",
    "- [x] done",
    "    indented\n\n    code",
    "line one\n\n# line two",
    "誘導ヘッド**とは**「$x$」",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_markdown_is_left(text):
    rest = escape_markup(text).replace("&#", "").replace(";", "")
    assert not set(rest) & set("!\"#$%&'()*+,-./:<=>?@[\\]^_`{|}~\n")


def test_ordinary_text_gets_no_invisible_characters():
    assert JOINER not in escape_markup(
        "Q&A: 3 -1 = 2, at 9:42; a/b, pass@k, GPT-3 (see note) – fine"
    )


def test_unseen_characters_are_dropped():
    assert clean("a\u202eb\x00c\ud800d\u3000e") == "abcd e"


PAGE = """
import json
from pathlib import Path
import streamlit as st
from cs25search.text.clean import clean
from cs25search.ui.views.markup import escape_markup, muted

st.title("Hostile")
for i, text in enumerate(json.loads(Path(__file__).with_name("hostile.json").read_text())):
    with st.container(key=f"plain-{i}"):
        st.markdown(escape_markup(text))
    with st.container(key=f"bold-{i}"):
        st.markdown(muted(f"**{escape_markup(text)}**"))
    with st.container(key=f"heading-{i}"):
        st.subheader("0:00 · " + escape_markup(text), anchor=False)
st.markdown("the end")
"""


@pytest.fixture
def page_url(tmp_path):
    (tmp_path / "page.py").write_text(PAGE)
    (tmp_path / "hostile.json").write_text(json.dumps(HOSTILE))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "server.port": port, "server.address": "127.0.0.1", "server.headless": "true",
        "browser.gatherUsageStats": "false",
    }  # fmt: skip
    command = [sys.executable, "-m", "streamlit", "run", str(tmp_path / "page.py")]
    command += [f"--{name}={value}" for name, value in options.items()]
    server = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(url: str) -> None:
    for _ in range(150):
        try:
            with urlopen(url, timeout=1):  # noqa: S310 (our own server)
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(url)


def test_a_browser_shows_hostile_text_as_it_is_and_fetches_nothing(page_url):
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        pytest.skip("no Chromium found")
    arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
    arguments += ["--disable-background-networking"]
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(page_url)
        page.get_by_text("the end").wait_for(timeout=30_000)
        page.wait_for_timeout(1000)  # emoji and formulas are loaded late

        def shown(key: str) -> str:
            text = page.locator(f".st-key-{key} [data-testid=stMarkdownContainer]").text_content()
            return text.replace(JOINER, "").strip()

        for i, text in enumerate(HOSTILE):
            assert shown(f"plain-{i}") == clean(text)
            assert shown(f"bold-{i}") == clean(text)
            assert shown(f"heading-{i}") == f"0:00 · {clean(text)}"
        inside = "[class*=st-key-] "
        for tag in ("a", "img", "style", "script", "code", "table", "li", ".katex", "del", "em"):
            assert page.locator(inside + tag).count() == 0, tag
        assert [url for url in asked if not url.startswith(page_url)] == []
        browser.close()
