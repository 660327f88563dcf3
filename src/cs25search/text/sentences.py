"""Text to sentences."""

import re

from .japanese import is_japanese

# Matches before a full stop that does not end a sentence: after an initial, a title, a Latin
# abbreviation. Not after \b, because kana and kanji are letters too: "のDr. Pérez".
_ABBREVIATIONS = ("ca", "cf", "pp", "vs", "al", "Dr", "Eq", "Jr", "Mr", "Ms", "Sr", "St",
                  "etc", "Fig", "Mrs", "Sec", "e.g", "i.e", "Figs", "Prof", "resp",
                  "approx")  # fmt: skip
NO_END = r"(?<!(?<![A-Za-z&-])[A-Z]\.)(?<!(?<![A-Za-z])No\.(?=\s+\d))" + "".join(
    rf"(?<!(?<![A-Za-z]){re.escape(short)}\.)" for short in _ABBREVIATIONS
)

# A full stop, then a sentence that begins with a capital letter or a digit.
_END = re.compile(
    rf"(?:(?<=[.!?])|(?<=[.!?][\"'”’)])){NO_END}\s+(?=[\"'“‘(]?[A-Z0-9])"
    r"|(?<=[。！？])(?![」』）])"
)
_END_JA = re.compile(r"(?<=[。！？])(?![」』）])")


def split_sentences(text: str) -> list[str]:
    """Return the sentences of an English or Japanese text.

    A Japanese text that ends its sentences with 。 has other full stops only in names.

    >>> split_sentences("Dr. Chen has GPT-3, i.e. 175 B. It is 1.5 times more? Yes.")
    ['Dr. Chen has GPT-3, i.e. 175 B. It is 1.5 times more?', 'Yes.']
    >>> split_sentences("ルーターは32ビット。「速い。」と言う。なぜ？")
    ['ルーターは32ビット。', '「速い。」と言う。', 'なぜ？']
    >>> split_sentences("架空のDr. Pérezが話す。速い。")
    ['架空のDr. Pérezが話す。', '速い。']
    """
    end = _END_JA if "。" in text and is_japanese(text) else _END
    return [part.strip() for part in end.split(text) if part.strip()]


def ends_sentence(text: str) -> bool:
    """Return whether a text ends like a sentence, not with an abbreviation.

    >>> ends_sentence("It is small."), ends_sentence("Vaswani et al."), ends_sentence("Why?")
    (True, False, True)
    """
    return re.search(rf"[.!?]{NO_END}$", text) is not None
