"""Every text exists in both languages, is used, and takes the same values."""

import re
from pathlib import Path
from string import Formatter

import pytest

import cs25search.ui
from cs25search.text.japanese import is_japanese
from cs25search.ui.views.texts import TEXTS, say

SOURCES = "".join(
    path.read_text("utf-8") for path in Path(cs25search.ui.__file__).parent.rglob("*.py")
)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_say_it_with_the_same_values(key):
    english, japanese = TEXTS[key]
    assert english.strip() and not is_japanese(english)
    assert japanese.strip() and is_japanese(japanese)
    assert placeholders(english) == placeholders(japanese)


def test_every_text_is_used_and_every_used_text_exists():
    used = {key for key in TEXTS if SOURCES.count(f'"{key}"') > 1}
    assert used == set(TEXTS)
    # Inside an f-string, the key is in single quotes.
    said = set(re.findall(r"""\bsay\(\s*(?:[\w.]*language,\s*)?["'](\w+)["']""", SOURCES))
    assert {"answer", "watch"} <= said
    assert said - {"en", "ja"} <= set(TEXTS)


def test_values_are_put_in():
    assert say("en", "watch", time="9:42") == "YouTube at 9:42"
    assert say("ja", "watch", time="9:42") == "YouTubeで9:42から見る"
