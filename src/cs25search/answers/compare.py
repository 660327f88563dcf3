"""Questions about two things: comparisons, and how two answers are shown as one."""

import re
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from ..question.aliases import names_of
from ..question.names import names_in
from ..question.read import Question
from ..records import (
    Answer,
    Citation,
    CitationKind,
    Explanation,
    Hit,
    Language,
    Sentence,
    in_language,
)
from ..text.japanese import is_japanese
from ..text.topic_words import topic_words
from ..wording import NOTHING_ABOUT
from .citations import build_citation, text_of
from .definers import explains
from .definitions import defined_term, grade
from .extract import build_extract
from .findings import Findings
from .opening import has_wanted
from .spans import NEAR_ABOUT, NEAR_DEFINITION, choose_spans, lead_line, note_title_of

MOMENTS: tuple[CitationKind, ...] = ("note", "transcript")  # citations of a moment
MOST_WORDS = 6  # of a side
NEAR_COMPARING = 0.5  # of a moment that answers a question about both sides
NEAR_PART = 0.5  # least share of the best score of another moment for the second part
MOST_TOLD = 2  # sentences of that moment
MOST_BEFORE, MOST_AFTER = 30, 14  # characters around a comparison; with more, more is asked
_VERSUS = re.compile(r"\b(?:vs|versus)\b", re.I)
_END = r"(?:\s*[:：].*|\s*\?.*)?$"
_PAIRS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"\bdifferen(?:ce|ces|t) between (?P<x>.+?) and (?P<y>.+?){_END}",
        rf"^(?:how (?:do|does|is|are) )?(?P<x>.+?) (?:vs\.?|versus) (?P<y>.+?){_END}",
        rf"^how (?:do|does) (?P<x>.+?) differ from (?P<y>.+?){_END}",
        rf"^how (?:do|does) (?P<x>.+?) and (?P<y>.+?) (?:differ|compare){_END}",
        rf"^how (?:is|are) (?P<x>.+?) different from (?P<y>.+?){_END}",
        rf"^compare (?P<x>.+?) (?:and|with|to) (?P<y>.+?){_END}",
        r"^(?P<x>.+?)と(?P<y>.+?)(?:の(?:違い|差|比較)|は(?:どう|何が)(?:違|ちが)|を比(?:べ|較)).*$",
    )
)
# What is compared belongs to both sides: "a dense model in terms of compute", ViTの計算コスト.
_QUALITY = re.compile(
    r"^(?P<name>.+?) (?:in terms of|with (?:regard|respect) to|regarding|concerning) (?P<of>.+)$"
    r"|^(?P<name_ja>[^の]+)の(?P<of_ja>[^の].+)$",
    re.I,
)
_CONTRAST = re.compile(
    r"\b(?:unlike|whereas|than|versus|vs|instead|differs?|differences?|compared|rather|against"
    r"|contrast(?:s|ed)?)\b"
    r"|違い|異な|一方|対比|に対し|よりも|比べ|ではなく",
    re.I,
)


def compared(question: str) -> tuple[str, str] | None:
    """Return the two sides; None if the question is not a comparison or asks for more.

    >>> compared("What is the difference between soft attention and hard attention?")
    ('soft attention', 'hard attention')
    >>> compared("difference between hard and soft attention?")
    ('hard attention', 'soft attention')
    >>> compared("GPT-2 versus GPT-3: what changed?"), compared("BERTとGPTの違い")
    (('GPT-2', 'GPT-3'), ('BERT', 'GPT'))
    >>> compared("Why does the router need float32?")
    >>> compared("transformer vs LSTM training speed")
    >>> compared("BERTとGPTの比較は人手で行われたのですか")
    """
    for pattern in _PAIRS:
        if found := pattern.search(question.strip()):
            after = len(question) - found.end("y")
            if found.start() > MOST_BEFORE or (is_japanese(question) and after > MOST_AFTER):
                return None
            x, y = (re.sub(r"^(?:an?|the) ", "", found[side].strip(), flags=re.I) for side in "xy")
            if x.isalpha() and x.islower() and len(y.split()) == 2 and len(names_of(x)) == 1:
                x = f"{x} {y.split()[-1]}"  # "hard and soft attention"
            if _VERSUS.search(found[0]) and len(y.split()) > len(x.split()) + 1:
                return None  # "X vs Y training speed"
            longest = 20 if is_japanese(question) else 60
            if all(0 < len(s.split()) <= MOST_WORDS and len(s) <= longest for s in (x, y)):
                return x, y
    return None


def without_quality(pair: tuple[str, str]) -> tuple[tuple[str, str], str]:
    """Return the two sides without the quality in which they are compared, and that quality.

    >>> without_quality(("CNN", "ViTの計算コスト")), without_quality(("a", "b in terms of cost"))
    ((('CNN', 'ViT'), '計算コスト'), (('a', 'b'), 'cost'))
    >>> without_quality(("PerceiverのQ", "PerceiverのK"))
    (('PerceiverのQ', 'PerceiverのK'), '')
    """
    found = _QUALITY.match(pair[1])
    if found is None or _QUALITY.match(pair[0]):
        return pair, ""
    kept = found["name"] or found["name_ja"]
    return (pair[0], kept), found["of"] or found["of_ja"]


def belongs_to(answer: Answer | None, whole: Findings) -> bool:
    """Return whether the first moment of a side is among the best of the whole question."""
    if answer is None:
        return False
    first, hits = answer.citations[0], whole.found.hits
    near = [hit for hit in hits if hit.score >= NEAR_COMPARING * hits[0].score]
    return any((hit.video, hit.start) == (first.video, first.start) for hit in near)


def side_question(side: str, language: Language, quality: str = "") -> str:
    """Return the question to ask about one side of a comparison.

    >>> side_question("BERT", "en"), side_question("BERT", "ja")
    ('What is BERT?', 'BERTとは何ですか？')
    >>> side_question("BERT", "en", "cost"), side_question("BERT", "ja", "計算コスト")
    ('BERT: cost?', 'BERTの計算コストは？')
    """
    if quality:
        return f"{side}の{quality}は？" if language == "ja" else f"{side}: {quality}?"
    return f"{side}とは何ですか？" if language == "ja" else f"What is {side}?"


def has_both(sentences: Sequence[Sentence], pair: tuple[str, str]) -> bool:
    """Return whether the first moment of an answer compares both things, not only names them.

    >>> said = [Sentence("Soft attention is smooth, unlike hard attention.", (1,))]
    >>> has_both(said, ("soft attention", "hard attention")), has_both(said, ("soft", "local"))
    (True, False)
    >>> has_both([Sentence("GPT and BERT are popular.", (1,))], ("GPT", "BERT"))
    False
    """
    x, y = (set(topic_words(side)) for side in pair)
    own = [sentence for sentence in sentences if sentence.citations == (1,)]
    said = [sentence.text for sentence in own]
    title = next((sentence.heading for sentence in own if sentence.heading), "")
    for text in (title, *said):
        words = _words_of(f"{title} {text}")
        if _CONTRAST.search(text) and (x - y or x) <= words and (y - x or y) <= words:
            return True
    return False


def comparing(whole: Findings, pair: tuple[str, str]) -> Answer | None:
    """Return the answer by the best moment that compares both sides; None if none does."""
    hits = whole.found.hits
    near = [n for n, hit in enumerate(hits) if hit.score >= NEAR_COMPARING * hits[0].score]
    if (asked := next((n for n in near if _asks_both(hits[n], pair)), None)) is not None:
        return build_extract(only_hit(whole, asked))
    x, y = (set(topic_words(side)) for side in pair)
    kind = x & y  # "attention" of "hard attention" and "soft attention"
    for hit_index, hit in enumerate(hits):
        if hit.score >= NEAR_ABOUT * hits[0].score:
            answer = build_extract(whole if hit_index == 0 else only_hit(whole, hit_index))
            both = has_both(answer.sentences, pair) and kind <= _said_in(hit)
            if both or _contrasts(hit, pair):
                return answer
    return None


def _said_in(hit: Hit) -> set[str]:
    """Return the words of a moment in both languages."""
    said = hit.note or hit.chunk
    return _words_of(f"{said.title} {said.text}") | _words_of(f"{said.title_ja} {said.text_ja}")


def _asks_both(hit: Hit, pair: tuple[str, str]) -> bool:
    """Return whether a note answers a question that compares both sides, and nothing more."""
    asks = (*hit.note.asks, *hit.note.asks_ja) if hit.note else ()
    sides = [[set(topic_words(form)) for form in names_of(side)] for side in pair]
    for ask in asks:
        # What is compared: "GPT-2 vs GPT-3: text quality", "GPT-2とGPT-3の違い 文章の質".
        if both := compared(re.sub(r"の?違い\s+", "の違い：", ask)):
            said = [_words_of(side) for side in both]
            for one, other in (said, said[::-1]):
                if one in sides[0] and other in sides[1]:
                    return True
    return False


def _contrasts(hit: Hit, pair: tuple[str, str]) -> bool:
    """Return whether a note contrasts one side, in its title, with the subject of its lecture."""
    if hit.note is None:
        return False
    title = f"{hit.note.title} {hit.note.title_ja}"
    own, lecture = _words_of(title) | _words_of(hit.note.title), _words_of(hit.video.title)
    x, y = ([set(topic_words(form)) for form in names_of(side)] for side in pair)
    return _CONTRAST.search(title) is not None and any(
        any(form <= own for form in one) and any(form <= lecture for form in other)
        for one, other in ((x, y), (y, x))
    )


def in_same_lecture(
    other: Findings, first: Findings, find_in: Callable[[int], Findings]
) -> Findings:
    """Return the findings for the second side, preferring a moment in the first side's lecture.

    A lecture that covers both compares them better than two lectures do. A moment elsewhere is kept
    if its title or first words are about the second side.

    Args:
        find_in: Returns what is found for the second side in a lecture alone.
    """
    hits = other.found.hits
    if not hits or not first.found.hits:
        return other
    near = [hit for hit in hits if hit.score >= NEAR_ABOUT * hits[0].score]
    term = defined_term(other.found.question.text)
    language = other.found.question.language
    if any(grade(term, note_title_of(hit, language), hit.quote) for hit in near):
        return other
    near = [hit for hit in hits if hit.score >= NEAR_DEFINITION * hits[0].score]
    hit_index = choose_spans(first.found.question, first.found.hits, first.passages)[0].hit_index
    video = first.found.hits[hit_index].video
    if any(hit.video == video for hit in near):
        return only_hit(other, next(n for n, hit in enumerate(hits) if hit.video == video))
    inside = find_in(video.lecture) if video.lecture else other
    if inside.found.hits and inside.found.hits[0].score >= NEAR_ABOUT * hits[0].score:
        beside = only_hit(inside, 0)
        if _speaks_of(term, build_extract(beside).sentences):
            return beside
    return only_hit(other, 0)


def only_hit(findings: Findings, hit_index: int) -> Findings:
    """Return findings with one of their moments alone."""
    passages = tuple(
        replace(one, hit_index=0) for one in findings.passages if one.hit_index == hit_index
    )
    found = replace(findings.found, hits=(findings.found.hits[hit_index],))
    return replace(findings, found=found, passages=passages)


def answer_for_side(
    pair: tuple[str, str],
    side: str,
    findings: Findings,
    whole: Findings,
    other: Answer | None = None,
) -> Answer | None:
    """Return the answer about one side of a pair, or None.

    If its own moments have none, the answer comes from a moment found for the whole question. A
    note that explains the side without naming it is enough if both sides are names of the course;
    otherwise, something is asked about them.

    Args:
        other: The answer about the other side; its moment is not cited again.
    """
    are_names = all(len(names_of(one)) > 1 for one in pair)
    taken = {(one.video_id, one.start) for one in (other.citations[:1] if other else ())}
    candidates = [findings] if findings.probability else []
    candidates += [only_hit(whole, hit_index) for hit_index in range(len(whole.found.hits))]
    for one in candidates:
        extract = build_extract(one)
        first = extract.citations[0]
        own = [sentence for sentence in extract.sentences if sentence.citations == (1,)]
        note = one.found.hits[0].note
        is_about = _speaks_of(side, own) or (are_names and note and explains(names_of(side), note))
        if (first.video_id, first.start) not in taken and is_about:
            return extract
    return None


def join_sides(
    question: Question, sides: Sequence[str], answers: Sequence[Answer | None]
) -> Answer | None:
    """Join answers into one that cites each moment once; None if no side has one.

    Args:
        sides: The names shown before the sides, unless each begins with its own; "" for the parts
            of a question.
        answers: One for each side; None if the lectures have nothing about it.
    """
    japanese = question.language == "ja"
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    owns = [_own(found) if found else [] for found in answers]
    begin = zip(sides, owns, strict=True)
    labels = not all(own and _begins_with(side, own[0].body) for side, own in begin)
    for side, found, own in zip(sides, answers, owns, strict=True):
        if not found or not own:
            missing = in_language(*NOTHING_ABOUT, question.language)
            sentences.append(Sentence(_named(side, missing, japanese), (), side))
            continue
        known = {one.body for one in sentences}
        fresh = [one for one in own if one.body not in known]
        if not fresh:
            continue
        cited = {n for one in own for n in one.citations}
        numbers = tuple(_number(one, citations) for one in found.citations if one.n in cited)
        if side:  # names itself what its first sentence is about
            first = _named(side, fresh[0].body, japanese) if labels else fresh[0].body
            texts = [first, *(one.text for one in fresh[1:])]
            sentences += [Sentence(text, numbers, side) for text in texts]
        else:
            sentences += [replace(one, citations=numbers, side="") for one in fresh]
    if not citations:
        return None
    parts = [[one for one in sentences if one.side == side] for side in dict.fromkeys(sides)]
    return replace(
        next(one for one in answers if one and one.status == "answered"),
        question=question.text,
        text="\n".join(text_of(part, question.language) for part in parts),
        sentences=tuple(sentences),
        citations=tuple(citations),
    )


def no_answer_to(part: str, findings: Findings, other: Answer) -> Answer:
    """Return the sentence that a part of a question has no answer, with the closest moment.

    Args:
        other: The answer to the other part; what it cites is not the closest moment again.
    """
    shown = {(one.video_id, one.start) for one in other.citations}
    hits = [hit for hit in findings.found.hits if (hit.video.video_id, hit.start) not in shown]
    asked = part.rstrip("?？")
    if findings.found.question.language == "ja":
        text = f"「{asked}」の答えは見つかりませんでした。"
    else:
        text = f"I found no answer to “{asked}”."
    return _pointing(text, findings, hits[0] if hits and findings.fits else None)


def beyond(
    parts: tuple[str, str], first: Answer | None, second: Answer | None, findings: Findings
) -> Answer | None:
    """Return the beginning of another moment if both parts of a question have the same one.

    None if the parts have different moments, or if what is shown has words of the second part.

    Args:
        findings: Of the second part.
    """
    if not first or not second or first.citations[0].kind not in MOMENTS:
        return None
    if not _same_moment(first.citations[0], second.citations[0]):
        return None
    video = first.citations[0].video
    said = _words_of(" ".join(one.text for one in first.sentences))
    own = set(topic_words(parts[1])) - set(topic_words(parts[0])) - names_in(parts[1])
    hits, question = findings.found.hits, findings.found.question
    shown = {one.start for one in first.citations if one.video == video}
    others = [n for n, hit in enumerate(hits) if hit.video == video and hit.start not in shown]
    near = [n for n in others if hits[n].score >= NEAR_PART * hits[0].score]
    if not near or not own or own & said:
        return None
    having = [n for n in near if not question.intent.wanted or has_wanted(hits[n].quote, question)]
    if not having:
        return no_answer_to(parts[1], findings, first)
    other = build_extract(only_hit(findings, having[0]))
    asked = parts[1].rstrip("?？")
    label = f"On “{asked}”, the closest moment says: "
    if question.language == "ja":
        label = f"「{asked}」に最も近い場面："
    told = [one.body for one in other.sentences if one.citations == (1,)][:MOST_TOLD]
    texts = [f"{label}{told[0]}", *told[1:]]
    return replace(other, sentences=tuple(Sentence(text, (1,)) for text in texts))


def _pointing(text: str, findings: Findings, hit: Hit | None) -> Answer:
    """Return a sentence that ends with the title of a moment, if there is one."""
    question = findings.found.question
    if hit:
        title = lead_line(note_title_of(hit, question.language))
        if question.language == "ja":
            text += f"最も近い場面は「{title}」です。"
        else:
            text += f"{' T' if text.endswith('.') else 't'}he closest moment is “{title}”."
    citations = (build_citation(1, hit),) if hit else ()
    said = (Sentence(text, (1,) if hit else ()),)
    return Answer(question.text, "partly", text, said, citations, findings.probability)


def _same_moment(one: Citation, other: Citation) -> bool:
    return (one.kind, one.video_id, one.start) == (other.kind, other.video_id, other.start)


def _own(found: Answer) -> list[Sentence]:
    """Return the sentences of the first moment of an answer, or all of an explanation."""
    if not found.citations or found.is_explanation:
        return list(found.sentences)
    if found.citations[0].kind not in ("note", "transcript"):
        first = found.sentences[0].citations
        return [one for one in found.sentences if one.citations == first]
    return [one for one in found.sentences if one.citations == (1,)]


def speaks_of(name: str, answer: Answer) -> bool:
    """Return whether the first moment of an answer names something."""
    cited = answer.citations[0]
    note = f"{cited.note.title} {cited.note.text}" if cited.note else ""
    said = _words_of(" ".join([note, cited.quote, *(one.text for one in answer.sentences)]))
    return _has_form(name, said)


def names_both(item: Explanation, pair: tuple[str, str]) -> bool:
    """Return whether an explanation is about both things that are compared.

    One of its questions names both, or each of its two sides is one of them.
    """
    for text in (*item.asks, *item.asks_ja, " / ".join(part.side for part in item.parts)):
        said = _words_of(text)
        if all(_names(side, said) for side in pair):
            return True
    return False


def _names(side: str, said: set[str]) -> bool:
    return _has_form(side, said) or _shares(side, said)


def _has_form(name: str, said: set[str]) -> bool:
    """Return whether words include all those of a name in one of its forms."""
    return any(set(topic_words(form)) <= said for form in names_of(name))


def _speaks_of(side: str, sentences: Sequence[Sentence]) -> bool:
    return not side or _names(side, _words_of(" ".join(one.text for one in sentences)))


def _shares(side: str, said: set[str]) -> bool:
    """Return whether a side that is not a name of the course shares a word with what is said.

    Of two words it must be the last: what is said about soft attention is not about soft routing.
    """
    asked = topic_words(side)
    wanted = asked[-1:] if len(asked) == 2 else asked
    return len(names_of(side)) == 1 and not said.isdisjoint(wanted)


def _words_of(text: str) -> set[str]:
    """Return the topic words of a text; in Japanese, also its Latin words as English stems.

    >>> "transform" in _words_of("Transformerは、RNNより速い。")
    True
    """
    latin = re.findall(r"[A-Za-z0-9@-]+", text) if is_japanese(text) else []
    return {*topic_words(text), *topic_words(" ".join(latin))}


def _named(side: str, text: str, japanese: bool) -> str:
    """Return what is said about a side with its name in front.

    >>> _named("GPT-2", "It is small.", False), _named("", "It is small.", False)
    ('GPT-2: It is small.', 'It is small.')
    """
    if not side:
        return text
    return f"{side}：{text}" if japanese else f"{side}: {text}"


def _begins_with(side: str, text: str) -> bool:
    return text.casefold().startswith(side.casefold())


def _number(citation: Citation, citations: list[Citation]) -> int:
    """Return the number of a citation, which is added if it is new."""
    for one in citations:
        same = one.kind == citation.kind and one.link == citation.link
        if same and (one.video_id, one.start) == (citation.video_id, citation.start):
            return one.n
    citations.append(replace(citation, n=len(citations) + 1))
    return len(citations)
