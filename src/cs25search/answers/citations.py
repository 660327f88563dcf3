"""Citations, and the text of an answer with their numbers."""

from collections.abc import Sequence

from ..records import Citation, Hit, Language, Sentence
from ..wording import cited_once
from .passages import Passage


def build_citation(n: int, hit: Hit, cited: Sequence[Passage] = ()) -> Citation:
    """Return the citation of a moment; from a transcript, only the cited passages."""
    if hit.note is not None or not cited:
        quote_ja = hit.chunk.text_ja if hit.chunk.kind == "note" else ""
        model = hit.note.model if hit.note else ""
        note = hit.note if hit.note is not hit.chunk else None
        return Citation(
            n, hit.video, hit.start, hit.end, hit.quote, hit.slide, quote_ja, model,
            hit.chunk.kind, note,
        )  # fmt: skip
    start, end = min(p.start for p in cited), max(p.end for p in cited)
    quote = " ".join(p.text for p in sorted(cited, key=lambda p: p.order))
    return Citation(n, hit.video, start, end, quote, hit.slide, kind="transcript")


def text_of(sentences: Sequence[Sentence], language: Language) -> str:
    """Return sentences with their numbers as one text.

    >>> text_of([Sentence("It is float32.", (1,)), Sentence("It is fast.", (1, 2))], "en")
    'It is float32. [1] It is fast. [1][2]'
    >>> text_of([Sentence("速い。", (1,)), Sentence("小さい。", (1,))], "ja")
    '速い。小さい。[1]'
    >>> text_of([Sentence("it ran in the lab", ()), Sentence("because of GPUs", (1,))], "ja")
    'it ran in the lab because of GPUs [1]'
    """
    text = ""
    for sentence, numbers in cited_once(sentences):
        is_closed = sentence.text.endswith(("。", "！", "？", "：", "」"))
        cited = "".join(f"[{n}]" for n in numbers)
        text += f"{sentence.text}{'' if is_closed or not cited else ' '}{cited}"
        # Speech in English may answer in Japanese.
        text += "" if language == "ja" and is_closed else " "
    return text.rstrip()
