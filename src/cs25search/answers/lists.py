"""List every lecture that mentions a name, with the number of times and the first one."""

import math
import re
from collections.abc import Iterable, Iterator

import msgspec

from ..question.aliases import names_of
from ..question.lecture_nouns import LECTURE, LECTURE_JA, LECTURES
from ..question.read import Question
from ..ranking.source import Source
from ..records import Answer, Chunk, Citation, Language, Sentence, Video
from ..text.japanese import is_japanese
from ..text.words import fold
from ..wording import named_lecture
from .citations import text_of

MOST_WORDS = 6  # in a name; longer ones are other kinds of questions
_SAID = r"(?:mentioned|discussed|covered|explained|talked about|brought up|come up|appear)"
_NAME_JA = r"(?P<name>.{1,30}?)(?:の話題?)?"
_SAID_JA = (
    r"(?:[がは](?:出てくる|出てきます|出る|出ます|登場|話され|触れられ|言及)|に(?:触れ|言及)|について(?:話|触れ|"
    r"言及|述べ|論じ)|を(?:扱う|扱って|取り上げ|紹介し))(?:する|し)?(?:ている|ています|てる|ますか|た)?"
)
_LISTS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"\b(?:which|what) (?:{LECTURE}|{LECTURES}) (?:do(?:es)? )?(?:mentions?|"
        r"discuss(?:es)?|talks? about|speaks? (?:of|about)|refers? to)\s+(?P<name>.+)",
        rf"\bhow many {LECTURES} (?:mention|discuss|talk about|refer to|cover)\s+(?P<name>.+)",
        rf"\bin how many {LECTURES} (?:is|are|do|does) (?P<name>.+?) {_SAID}",
        rf"^何(?:本|回)の{LECTURE_JA}(?:で|に|が)、?{_NAME_JA}{_SAID_JA}.*",
        rf"\b(?:which|what) {LECTURES} (?:cover|explain|use|describe|"
        r"deal with)\s+(?P<name>.+)",
        rf"\bin (?:which|what) (?:{LECTURE}|{LECTURES}) (?:is|are|do|does) "
        rf"(?P<name>.+?) {_SAID}",
        rf"^where (?:is|are|was|were|do|does) (?P<name>.+?) {_SAID}",
        rf"\b(?:all|every) (?:the )?(?:{LECTURE}|{LECTURES}|mentions|places) (?:that |which |"
        r"where )?(?:mention(?:s|ing)?|talks? about|talking about|discuss(?:es|ing)?|covers?|"
        r"about|on|of)\s+(?P<name>.+)",
        rf"^{_NAME_JA}{_SAID_JA}(?:{LECTURE_JA}|場面)(?:は|を|って)?"
        r"(?:どれ|どこ|すべて|全部|全て|一覧|教えて|何|ある|[?？。]|$).*",
        rf"^どの{LECTURE_JA}(?:で|に|が|と{LECTURE_JA}[でに])、?{_NAME_JA}{_SAID_JA}.*",
        rf"^{_NAME_JA}{_SAID_JA}のは(?:どの|どれ|どこ|第?何).*",
        rf"^(?P<name>.{{1,30}}?)(?:は|が)(?:どこ|どの{LECTURE_JA}(?:と{LECTURE_JA})?)(?:で|に)"
        r"(?:出て(?!い)|出ます|登場|触れ|話され|言及|議論|述べ).*",
    )
)


class Mention(msgspec.Struct, frozen=True):
    """How often a video mentions a name, and where it does so first."""

    video: Video
    count: int
    first: Chunk
    start: float


def listed_name(question: str) -> str:
    """Return the name whose mentions a question asks for, else "".

    >>> listed_name("Which lectures mention BERT?"), listed_name("where is the LSTM discussed")
    ('BERT', 'LSTM')
    >>> listed_name("対照学習について触れている回はどれ"), listed_name("how many talks cover GPT?")
    ('対照学習', 'GPT')
    >>> listed_name("BERTが出てくる回はどれ？"), listed_name("Which lecture explains ViT?")
    ('BERT', '')
    >>> listed_name("LSTMはどこで議論されていますか"), listed_name("LSTMはどこで使われていますか")
    ('LSTM', '')
    """
    for pattern in _LISTS:
        if found := pattern.search(question.strip()):
            name = re.sub(r"^(?:an?|the) ", "", found["name"].strip(" ?？.。\"“”'"), flags=re.I)
            return name if 0 < len(name.split()) <= MOST_WORDS else ""
    return ""


def find_mentions(source: Source, name: str, lectures: Iterable[int] = ()) -> list[Mention]:
    """Return every video whose notes or captions contain a name, in the order of the course."""
    pattern = _pattern(name)
    wanted = set(lectures)
    mentions = []
    for video in source.generation.videos:
        if wanted and video.lecture not in wanted:
            continue
        found = [
            (start, chunk)
            for chunk in source.chunks_of(video.video_id, 0.0, math.inf)
            for start in _starts(chunk, pattern)
        ]
        if found:
            start, first = min(found, key=lambda one: one[0])
            mentions.append(Mention(video, len({s for s, _ in found}), first, start))
    return mentions


def list_answer(question: Question, name: str, mentions: list[Mention]) -> Answer:
    """Return an answer with a sentence for each video that mentions a name."""
    sentences, citations = [], []
    for n, one in enumerate(mentions, start=1):
        citation = Citation(
            n, one.video, one.start, one.first.end, one.first.text, None, one.first.text_ja,
            one.first.model, one.first.kind,
        )  # fmt: skip
        citations.append(citation)
        sentences.append(Sentence(_line(citation, one.count, question.language), (n,)))
    many = len(mentions)
    begin = (
        f"「{name}」が出てくるのは{many}本です。"
        if question.language == "ja"
        else f"{many} lecture{' mentions' if many == 1 else 's mention'} {name}. "
    )
    sentences[0] = Sentence(begin + sentences[0].text, (1,))
    text = text_of(sentences, question.language)
    return Answer(question.text, "answered", text, tuple(sentences), tuple(citations), 1.0)


def _line(citation: Citation, count: int, language: Language) -> str:
    lecture = named_lecture(citation.video, language)
    if language == "ja":
        return f"{lecture}：{count}か所、最初は{citation.time}。"
    times = "once" if count == 1 else f"{count} times"
    return f"{lecture}: {times}, first at {citation.time}."


def _pattern(name: str) -> re.Pattern[str]:
    """Return a pattern that matches all known forms of a name in folded text."""
    forms = {fold(one) for one in names_of(name)}
    parts = [
        re.escape(form) if is_japanese(form) else rf"(?<![a-z0-9]){re.escape(form)}s?(?![a-z0-9])"
        for form in forms
    ]
    return re.compile("|".join(sorted(parts, key=len, reverse=True)))


def _starts(chunk: Chunk, pattern: re.Pattern[str]) -> Iterator[float]:
    """Yield the times at which a chunk matches a pattern; for a note, its start."""
    if chunk.cues:
        for cue in chunk.cues:
            if pattern.search(fold(cue.text)):
                yield cue.start
        return
    parts = (chunk.title, chunk.text, *chunk.terms, chunk.title_ja, chunk.text_ja)
    if pattern.search(fold("\n".join(parts))):
        yield chunk.start
