"""Example questions for the empty page; tests check that each finds its lecture."""

from dataclasses import dataclass

from ...records import Language


@dataclass(frozen=True, slots=True)
class Example:
    """A question in both languages and the lecture that answers it."""

    en: str
    ja: str
    lecture: int


EXAMPLES = (
    Example("Why does the router need float32?", "ルーターにfloat32が必要なのはなぜ？", 5),
    Example("What is an induction head?", "誘導ヘッドとは何ですか？", 9),
    Example("What is pass@k?", "pass@kとは何ですか？", 2),
    Example("How are images split into patches?", "画像はどのようにパッチに分けられますか？", 3),
    Example("What are islands of agreement in GLOM?", "GLOMの「一致の島」とは何ですか？", 8),
)


def example_questions(language: Language) -> list[str]:
    """Return the examples in one language."""
    return [example.ja if language == "ja" else example.en for example in EXAMPLES]
