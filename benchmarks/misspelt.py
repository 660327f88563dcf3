"""Questions with a slip in one word, as fingers and ears make them; the same in every run."""

import random
import re

from cs25search.text.words import STOP_WORDS

SHORTEST = 5  # letters of a word that gets a slip
_WORD = re.compile(rf"(?<![A-Za-z0-9_])[A-Za-z]{{{SHORTEST},}}(?![A-Za-z0-9_])")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# Ways to write what sounds alike.
_SOUNDS = (
    ("ph", "f"), ("tion", "sion"), ("ance", "ence"), ("ence", "ance"), ("ie", "ei"), ("ei", "ie"),
    ("able", "ible"), ("ss", "s"), ("tt", "t"), ("ll", "l"), ("mm", "m"), ("rr", "r"), ("pp", "p"),
    ("ck", "k"), ("ough", "uff"), ("ea", "ee"), ("er", "or"), ("or", "er"), ("cy", "sy"),
    ("ys", "is"), ("ch", "k"), ("qu", "kw"), ("y", "i"), ("c", "k"), ("z", "s"), ("s", "z"),
)  # fmt: skip


def misspell(question: str, seed: str) -> str:
    """Return a question with a slip in one of its longer words; without such a word, as it is.

    Args:
        seed: Decides which word and which slip.

    >>> misspell("Why does the router need float32?", "1")
    'Why does the routor need float32?'
    >>> misspell("なぜですか？", "1")
    'なぜですか？'
    """
    chance = random.Random(seed)  # noqa: S311
    words = [
        match
        for match in _WORD.finditer(question)
        if match[0][1:].islower() and match[0].lower() not in STOP_WORDS
    ]
    if not words:
        return question
    word = chance.choice(words)
    return f"{question[: word.start()]}{_slip(word[0], chance)}{question[word.end() :]}"


def _slip(word: str, chance: random.Random) -> str:
    """Return a word with one slip after its first letter."""
    sounds = [(a, b, word.find(a, 1)) for a, b in _SOUNDS if word.find(a, 1) > 0]
    if sounds and chance.random() < 0.5:
        a, b, place = chance.choice(sounds)
        return word[:place] + b + word[place + len(a) :]
    place = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    kind = chance.choice(("near", "swapped", "missing", "twice"))
    if kind == "near":
        return before + chance.choice(_near(letter)) + after
    if kind == "swapped" and after[0] != letter:
        return before + after[0] + letter + after[1:]
    return before + after if kind == "missing" else before + letter + letter + after


def _near(letter: str) -> str:
    """Return the letters beside one on a keyboard.

    >>> _near("a"), _near("t")
    ('s', 'ry')
    """
    row = next(row for row in _ROWS if letter in row)
    place = row.index(letter)
    return row[max(0, place - 1) : place] + row[place + 1 : place + 2]
