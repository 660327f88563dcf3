"""Text to sentences."""

import re

# Matches before a full stop that does not end a sentence: after an initial, a title, a Latin
# abbreviation.
NO_END = (
    r"(?<!\b[A-Z]\.)(?<!\b(?:Dr|Mr|Ms|St|vs|al|No)\.)"
    r"(?<!\b(?:Mrs|etc|Fig)\.)(?<!\bProf\.)(?<!\b(?:e\.g|i\.e)\.)"
)


# A full stop, then a sentence that begins with a capital letter or a digit.
_END = re.compile(
    rf"(?:(?<=[.!?])|(?<=[.!?][\"'”’)])){NO_END}\s+(?=[\"'“‘(]?[A-Z0-9])"
    r"|(?<=[。！？])(?![」』）])"
)


def split_sentences(text: str) -> list[str]:
    """Return the sentences of an English or Japanese text.

    >>> split_sentences("Dr. Chen has GPT-3, i.e. 175 B. It is 1.5 times more? Yes.")
    ['Dr. Chen has GPT-3, i.e. 175 B. It is 1.5 times more?', 'Yes.']
    >>> split_sentences("ルーターは32ビット。「速い。」と言う。なぜ？")
    ['ルーターは32ビット。', '「速い。」と言う。', 'なぜ？']
    """
    return [part.strip() for part in _END.split(text) if part.strip()]
