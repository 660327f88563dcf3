"""Marks of sounds that nobody speaks: [Music], (applause)."""

import re
from collections.abc import Iterable

from .track import Timed

# What stands in brackets for a sound or an unheard word. "__" is YouTube's mask for a swear word.
_SOUND = re.compile(
    r"(?:upbeat |soft )?music(?: playing)?|(?:audience |cheer(?:s|ing) and )?applau(?:se|ding)"
    r"|clapping|cheering|(?:audience )?(?:laughter|laugh(?:s|ing)?)|chuckles|cough(?:s|ing)?|sighs"
    r"|clears throat|silence|pause|noise|inaudible|unintelligible|crosstalk|foreign|__"
    r"|音楽|拍手|笑|笑い|笑い声",
    re.I,
)
_OPENING = ("[", "(", "【", "（")
_CLOSING = ("]", ")", "】", "）")


def without_sounds(tokens: Iterable[Timed]) -> list[Timed]:
    """Return words without bracketed sound marks; other brackets stay.

    >>> words = "[Upbeat music] so [see slide] (Laughter)".split()
    >>> without_sounds((None, word) for word in words)
    [(None, 'so'), (None, '[see'), (None, 'slide]')]
    """
    kept: list[Timed] = []
    for token in tokens:
        kept.append(token)
        if not token[1].rstrip(".,!?").endswith(_CLOSING):
            continue
        # The longest marks have three words, or their brackets stand apart: "[ __ ]".
        for size in range(1, min(5, len(kept)) + 1):
            if kept[-size][1].startswith(_OPENING):
                mark = " ".join(word for _, word in kept[-size:])
                if _SOUND.fullmatch(mark.strip("[]()【】（）.,!? ")):
                    del kept[-size:]
                break
    return kept
