"""Turn what was found for a question into a short answer with citations, or a refusal."""

import re
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from ..language_model import Endpoint
from ..question.aliases import names_of
from ..question.cleanup import without_further
from ..question.follow_up import is_bare
from ..question.named import named_lectures
from ..question.parts import completed, is_told, own_names, two_parts, two_sides_of, with_topic
from ..question.read import Question, read_question
from ..question.small_talk import is_small_talk
from ..ranking.entries import Match
from ..ranking.explanations import Near
from ..ranking.filters import Filters
from ..ranking.searcher import Found, Searcher, Turn
from ..records import (
    LANGUAGES,
    Answer,
    Citation,
    Explanation,
    Hit,
    Moment,
    Sentence,
    in_language,
    lecture_labels,
)
from ..text.topic_words import topic_words
from ..wording import NO_LECTURE, NOTHING_MORE, reply_text
from .citations import build_citation
from .compare import (
    MOMENTS,
    answer_for_side,
    belongs_to,
    beyond,
    compared,
    comparing,
    in_same_lecture,
    join_sides,
    no_answer_to,
    side_question,
    speaks_of,
    without_quality,
)
from .conversation import in_conversation, place_of
from .course import (
    answers_course,
    best_entry,
    closest_answer,
    course_answer,
    entry_score,
    find_entries,
    find_entry,
    with_numbers,
)
from .definers import find_definition
from .explained import WHOLE as WHOLE_EXPLAINED
from .explained import explains_both, find_explanation
from .extract import build_extract
from .findings import JUDGED, Findings, in_whole, judge, judge_text, with_hits
from .guide import find_fact
from .lists import find_mentions, list_answer, listed_name
from .missing import find_words, missing_words, with_missing
from .opening import has_wanted
from .slide_lists import listed_thing, slides_answer
from .small_talk import small_talk
from .subjects import find_named, said_by_speaker
from .wanted import find_wanted

# Least score of an explanation that the first and the second part of a question ask for where both
# have one; and that a part surely asks for: below that, what is left unsaid is no answer to it.
FIRST_EXPLAINED, SECOND_EXPLAINED, PART_EXPLAINED = 1.0, 0.9, 1.3
SHOWN = 3  # closest moments shown without an answer
FURTHER_ASK = 0.5  # least score of the closest question of an entry that tells more
FURTHER = 0.4  # least share of the best score of a moment that tells more
_DECKS_AUTHOR = re.compile(
    r"\b(?:deck|slides?)['’]?s? (?:author|creator|maker)\b"
    r"|\b(?:author|creator|maker) of (?:the|this|that) (?:deck|slides?|presentation)\b"
    r"|(?:スライド|資料|デッキ)の(?:著者|作者|作成者|筆者)",
    re.I,
)
ADVISED = 0.8  # below this probability, the advice of the course on lectures comes first
TELLS_AGAIN = 0.6  # share of the words of the explanation that answered before
NAMES = 0.5  # share of a question's words from which an entry is about the thing that it names
WHOLE = 0.9  # share of a question's words with which an entry answers both of its parts


def build_answer(
    searcher: Searcher,
    found: Found,
    endpoint: Endpoint | None = None,
    on_sentence: Callable[[Sentence], None] = lambda sentence: None,
) -> Answer:
    """Return what the lectures say about a question; see `Index.answer`.

    Args:
        found: The result of a search for at least `findings.JUDGED` hits.
        endpoint: The language model that writes the answer; None for extracts.
    """
    if is_small_talk(found.question.text):
        return small_talk(found.question, searcher.source)
    findings, question = judge(searcher, found), found.question
    if unknown := _unknown_lecture(searcher, findings):
        return unknown
    slides = searcher.source.generation.slides
    thing = listed_thing(question, slides) if slides else ""
    if thing and (listed := slides_answer(searcher.source, question, thing)):
        return listed
    name = listed_name(question.text)
    if name and (mentions := find_mentions(searcher.source, name, found.filters.lectures)):
        return list_answer(question, name, mentions)
    findings, extract = _extract(searcher, found, findings)
    if question.further:
        findings, extract = _further(searcher, findings, extract)
    if question.asks_place:
        return place_of(extract, question.language)
    # A list and an outline are complete as they are.
    if endpoint is None or extract.status != "answered" or _is_outline(extract):
        return extract
    from .written import write_answer

    return write_answer(endpoint, findings, extract, on_sentence)


def _extract(searcher: Searcher, found: Found, findings: Findings) -> tuple[Findings, Answer]:
    """Return the answer without a language model, and the findings that it rests on."""
    if said := said_by_speaker(searcher, found):
        return said, replace(build_extract(said), question=found.question.text)
    question, entries = findings.found.question, find_entries(searcher, found)
    if found.turn and is_bare(found.turn.typed):  # "and why?" is not answered with the same again
        told = _entries_told(searcher, found.turn.before, found.filters)
        others = [one for one in entries if one.entry.text not in told]
        if _entry_answers(searcher, best_entry(others), findings):
            entries = others
    entry = best_entry(entries)
    # A probability of 0 means that the question names a version that the lectures do not mention.
    known = (
        entry
        if (findings.probability or not findings.found.hits)
        and _entry_answers(searcher, entry, findings)
        else None
    )
    # The subject that completes a question of a conversation is no part of it.
    is_one = found.turn is not None and not two_parts(found.turn.typed)
    parts = None if is_one else two_parts(question.text)
    sides = None if is_one else parts or two_sides_of(with_numbers(searcher, question.text))
    explained = None
    if parts and not known:
        explained = _explained_parts(searcher, findings, parts, found.filters)
    if explained:
        return findings, explained
    both = _both_parts(searcher, findings, sides, found.filters) if sides else None
    # An entry that has all words may still answer one part only.
    is_whole = known is not None and known.covered >= WHOLE
    if both and ((parts and not is_whole) or _from_entries(both)):
        return findings, both
    if known:
        return findings, course_answer(searcher.source, question, known)
    explained = find_explanation(searcher, findings)
    advice = None if explained else _advice(searcher, findings)
    near = findings.nearest if explained else None
    closest = None
    if not advice and not (entry and _is_beside(entry, near)):
        source, probability = searcher.source, findings.probability
        closest = closest_answer(source, found, entries, probability, near.score if near else 0.0)
    if closest:
        return findings, closest
    if searcher.source.generation.slides and _DECKS_AUTHOR.search(question.text):
        # What the author of the deck thinks, no moment of a lecture says.
        return findings, _without_claim(replace(findings, status="not_in_lectures"))
    if explained:
        return findings, explained
    if advice:
        return findings, course_answer(searcher.source, question, advice)
    if compared_both := _two_sides(searcher, findings, found.filters):
        return findings, compared_both
    findings = _find_asked(searcher, findings)
    if findings.status != "answered":
        return findings, _without_claim(findings)
    extract = build_extract(findings)
    if found.turn and _tells_again(searcher, findings, found.turn, extract):
        return findings, _without_claim(replace(findings, status="partly"))
    return findings, with_missing(extract, findings)


def _tells_again(searcher: Searcher, findings: Findings, turn: Turn, extract: Answer) -> bool:
    """Return whether notes have most words of the explanation that answered before."""
    question = findings.found.question
    if question.asks_fact or question.further:
        return False
    said = {*topic_words(extract.text)}
    for text in turn.before:
        told = judge_text(searcher, text, findings.found.filters).told
        parts = (
            [in_language(x.text, x.text_ja, question.language) for x in told.parts] if told else []
        )
        words = {*topic_words(" ".join(parts))}
        if words and len(words & said) >= TELLS_AGAIN * len(words):
            return True
    return False


def _notes_of(answer: Answer) -> set[Moment]:
    return {(one.video_id, one.start) for one in answer.citations}


def _entry_answers(searcher: Searcher, entry: Match | None, findings: Findings) -> bool:
    """Return whether an entry answers a question, rather than a moment or an explanation."""
    question, is_answered = findings.found.question, findings.status == "answered"
    if entry is None or not answers_course(entry, question, is_answered):
        return False
    is_side = entry.entry.kind == "lecture" and entry.entry.side != "summary"
    if is_side or question.lectures or question.slide:
        return True
    if findings.found.turn and findings.told and is_answered:
        return False  # a conversation about what is taught
    near = findings.nearest
    if _is_beside(entry, near):
        return False
    if near is None or not (is_answered or (near.item.is_said and findings.told)):
        return True
    return near.score < entry_score(entry, question)


def _is_beside(entry: Match, near: Near | None) -> bool:
    """Return whether what is left unsaid about the very thing that is named is a better answer."""
    return near is not None and near.is_named and entry.covered < NAMES


def _explained_parts(
    searcher: Searcher, whole: Findings, parts: tuple[str, str], filters: Filters
) -> Answer | None:
    """Return the explanations of both parts of a question, or the one of the whole question.

    Where only one part has one, that of the whole question answers the other, if it is another one.
    """
    alone = [judge_text(searcher, part, filters) for part in parts]
    following = _following(searcher, parts, alone[1], filters)
    second = in_whole(following, alone[1], whole, alone[0])
    both = find_explanation(searcher, whole, WHOLE_EXPLAINED)
    one = find_explanation(searcher, alone[0], FIRST_EXPLAINED)
    other = find_explanation(searcher, second, SECOND_EXPLAINED)
    if bool(one) != bool(other) and whole.probability:
        one, other = one or both, other or both
    if one and other and one.text == other.text and not one.unsaid:
        return _told_once(whole.found.question, one, parts[1], following)
    if one and other and one.text != other.text and not (one.unsaid and other.unsaid):
        sides = [_as_part(one), _as_part(other)]
        if joined := join_sides(whole.found.question, ("", ""), sides):
            return joined
    return both if both and explains_both(whole, alone) else None


def _told_once(question: Question, one: Answer, part: str, asked: Findings) -> Answer | None:
    """Return the explanation that both parts of a question ask for.

    With the sentence that the second part has no answer, if it asks for a number, year or name that
    the explanation lacks.

    Args:
        part: The second part as it was typed.
        asked: What was found for it.
    """
    if not asked.found.question.asks_fact or has_wanted(one.text, asked.found.question):
        return replace(one, question=question.text)
    return join_sides(question, ("", ""), [one, no_answer_to(part, asked, one)])


def _following(
    searcher: Searcher, parts: tuple[str, str], alone: Findings, filters: Filters
) -> Findings:
    """Return what is found for the second part of a question, which may continue the first."""
    text = completed(parts[1], parts[0])
    if text != parts[1]:
        return judge_text(searcher, text, filters)
    turn = Turn(parts[1], (parts[0],))
    text = in_conversation(searcher, turn, text, filters)
    if text == parts[1]:
        return alone
    found = searcher.find(read_question(text), filters, JUDGED)
    return judge(searcher, replace(found, turn=turn))


def _advice(searcher: Searcher, findings: Findings) -> Match | None:
    """Return what the course says about which lecture to watch, where a moment hardly answers."""
    question = findings.found.question
    is_weak = findings.status == "answered" and findings.probability < ADVISED
    if not is_weak or not question.intent.lecture or question.lectures or missing_words(findings):
        return None
    fact = find_fact(searcher, findings.found, question.clean)
    return Match(fact, 1.0, findings.probability, 1.0) if fact else None


def _find_asked(searcher: Searcher, findings: Findings) -> Findings:
    """Return findings whose first moment has what is asked for; without one, they claim nothing."""
    about = find_named(searcher, findings)
    return find_words(find_definition(searcher, find_wanted(searcher, about)))


def _further(searcher: Searcher, findings: Findings, extract: Answer) -> tuple[Findings, Answer]:
    """Return what was not told yet in a conversation; an answer that says so if there is nothing.

    Args:
        extract: The answer to the question of which more is asked for.
    """
    if extract.status == "answered" and extract.citations[0].kind not in MOMENTS:
        return findings, _further_entry(searcher, findings)
    if extract.status != "answered" or not findings.found.hits:
        return findings, extract
    told = _told_before(searcher, findings.found)
    notes = {moment for item in told for moment in item.notes}
    shown, more = extract, findings
    for _ in range(findings.found.question.further):
        notes |= {_moment_of(one) for one in shown.citations}
        explained = None
        if extract.is_explanation:
            explained = find_explanation(searcher, findings, 0.0, notes)
        hits = findings.found.hits
        others = tuple(
            hit for hit in hits
            if _moment_of(hit) not in notes and hit.score >= FURTHER * hits[0].score
        )  # fmt: skip
        if explained:
            shown, more = explained, findings
        elif others:
            more = with_hits(findings, findings.found, others)
            shown = build_extract(more)
        else:
            return findings, _nothing_more(findings)
    return more, shown


def _further_entry(searcher: Searcher, findings: Findings) -> Answer:
    """Return what the course says further; the summary of a lecture of which a side was told."""
    question = findings.found.question
    found = searcher.find(read_question(question.text), findings.found.filters, JUDGED)
    matches = [one for one in find_entries(searcher, found) if one.ask >= FURTHER_ASK]
    if not matches:
        return _nothing_more(findings)
    first = matches[0].entry
    about = {*first.lectures}
    others: dict[str, Match] = {}  # an entry may match in several wordings of the question
    for one in matches:
        if one.entry.text != first.text and (not about or about & {*one.entry.lectures}):
            others.setdefault(one.entry.text, one)
    rest = list(others.values())
    if len(about) == 1:
        rest.sort(key=lambda one: one.entry.side != "summary")
    place = question.further - 1
    if place >= len(rest):
        return _nothing_more(findings)
    return course_answer(searcher.source, question, rest[place])


def _entries_told(searcher: Searcher, before: Sequence[str], filters: Filters) -> set[str]:
    """Return the texts of the entries that are nearest to the questions before one."""
    told = set()
    for text in before:
        found = searcher.find(read_question(without_further(text)[0]), filters, JUDGED)
        if entry := find_entry(searcher, found):
            told.add(entry.entry.text)
    return told


def _moment_of(one: Citation | Hit) -> Moment:
    """Return the moment of the note that was cited or found, or its own where there is no note."""
    return one.video.video_id, one.note.start if one.note else one.start


def _told_before(searcher: Searcher, found: Found) -> list[Explanation]:
    """Return the explanations that answered the questions before one in a conversation."""
    told = []
    before = found.turn.before if found.turn else ()
    for place, text in enumerate(without_further(one)[0] for one in before):
        earlier = before[place + 1 :]
        one = searcher.find(read_question(text), found.filters, JUDGED)
        turn = Turn(text, earlier) if earlier else None
        if item := judge(searcher, replace(one, turn=turn)).told:
            told.append(item)
    return told


def _unknown_lecture(searcher: Searcher, findings: Findings) -> Answer | None:
    """Return that a lecture does not exist which a question names by its number, and no other."""
    known = sorted({one.lecture for one in searcher.source.generation.videos if one.lecture})
    asked = findings.found.question.lectures
    if not known or not asked or {*asked} & {*known}:
        return None
    texts = [
        text.format(unknown=asked[0], known=separator.join(lecture_labels(known, language)))
        for text, separator, language in zip(NO_LECTURE, (", ", "、"), LANGUAGES, strict=True)
    ]
    return _said_plainly(replace(findings, status="not_in_lectures"), texts[0], texts[1])


def _nothing_more(findings: Findings) -> Answer:
    return _said_plainly(replace(findings, status="partly"), *NOTHING_MORE)


def _said_plainly(findings: Findings, english: str, japanese: str) -> Answer:
    """Return a reply without claims that says why there are none, with the closest moments."""
    text = in_language(english, japanese, findings.found.question.language)
    answer = _without_claim(findings)
    return replace(answer, text=text, unsaid=english, unsaid_ja=japanese, missing=())


def _is_outline(answer: Answer) -> bool:
    return len({one.start for one in answer.citations if one.kind == "lecture"}) > 1


def _both_parts(
    searcher: Searcher, whole: Findings, parts: tuple[str, str], filters: Filters
) -> Answer | None:
    """Return an answer to both parts of a question, or to one of them that says which is missing.

    None if neither part has one, or if the whole question has another moment, which may be about
    both.
    """
    first = _part(searcher, parts[0], filters)
    second = _second_part(searcher, parts, filters, first[1], whole)
    found = [answer for answer in (first[1], second[1]) if answer]
    if not any(answer.status == "answered" for answer in found):
        return None
    if len(found) == 1:
        one = found[0]
        part, lacking = (one[0] for one in ((first, second) if first[1] else (second, first)))
        is_sure = one.is_explanation and (
            not lacking.probability or find_explanation(searcher, part, PART_EXPLAINED)
        )
        if not is_sure and (
            whole.status != "answered" or not _cites_first(one, _find_asked(searcher, whole))
        ):
            return None
        found = [
            answer or no_answer_to(part, findings, one)
            for part, (findings, answer) in zip(parts, (first, second), strict=True)
        ]
    elif found[0].is_explanation and found[0].text == found[1].text:
        return _told_once(whole.found.question, found[0], parts[1], second[0])
    elif not (found[0].unsaid or found[1].unsaid) and (
        other := beyond(parts, found[0], found[1], second[0])
    ):
        found[1] = other
    elif _retells(found[1], found[0]):
        found[1] = no_answer_to(parts[1], second[0], found[0])
    return join_sides(whole.found.question, ("", ""), _named_once(*found))


def _retells(answer: Answer, before: Answer) -> bool:
    """Return whether an extract is from notes that an explanation before it was written from."""
    own, told = _notes_of(answer), _notes_of(before)
    is_extract = not answer.is_explanation and answer.citations[0].kind in MOMENTS
    return before.is_explanation and is_extract and own <= told


def _from_entries(both: Answer) -> bool:
    """Return whether each part of an answer is from an entry of the handbook, a different one."""
    kinds = {one.kind for one in both.citations}
    is_cited = all(one.citations for one in both.sentences)
    return kinds.isdisjoint(MOMENTS) and is_cited and len(both.sentences) > 1


def _named_once(one: Answer, other: Answer) -> list[Answer]:
    """Return the answers to two parts; a lecture that is named in the first one is not again."""
    cited, again = ({(c.kind, c.lecture) for c in answer.citations[:1]} for answer in (one, other))
    if cited == again and {kind for kind, _ in cited} == {"lecture"}:
        begin, *rest = other.sentences
        other = replace(other, sentences=(replace(begin, text=begin.body, heading=""), *rest))
    return [one, other]


def _second_part(
    searcher: Searcher,
    parts: tuple[str, str],
    filters: Filters,
    first: Answer | None,
    whole: Findings,
) -> tuple[Findings, Answer | None]:
    """Return what is found for the second part of a question, and its answer if there is one.

    A part that names nothing itself is about the same as the first one: its moment must be of the
    same lecture as the first part's or the whole question's, or name what its pronoun stands for.
    If the whole question has no answer, the second part needs one wherever it is.
    """
    is_moment = first and first.citations and first.citations[0].kind in MOMENTS
    if first and not is_moment and (named := _about_lecture(searcher, parts)):
        findings, answer = _part(searcher, named, filters)
        if answer:
            return findings, answer
    text = completed(parts[1], parts[0])
    findings, answer = _part(searcher, text, filters)
    if not first or not is_moment or whole.status != "answered" or (answer and answer.unsaid):
        return findings, answer
    both = whole.found.hits[0].video.lecture
    lecture, has_pronoun = first.citations[0].lecture, text != parts[1]
    own = own_names(parts[1])
    if answer and (cited := answer.citations[0].lecture) in (None, lecture):
        return findings, answer
    told = answer and is_told(parts[1]) and not answer.is_explanation
    if answer and not has_pronoun and (own or cited == both or told):
        return findings, answer
    # What a pronoun stands for, a moment elsewhere must name.
    meant = own_names(parts[0])
    elsewhere = answer if any(answer and speaks_of(one, answer) for one in meant) else None
    if lecture:
        text = text if has_pronoun else with_topic(text, parts[0])
        findings, answer = _part(searcher, text, replace(filters, lectures=frozenset([lecture])))
    if answer and own and not all(speaks_of(one, answer) for one in own):
        answer = None
    return findings, answer or elsewhere


def _about_lecture(searcher: Searcher, parts: tuple[str, str]) -> str:
    """Return the second part, asked about the lecture that the first one names.

    "" if the first part names no lecture, or the second one names something itself.
    """
    before = with_numbers(searcher, parts[0])
    if len(lectures := named_lectures(before)) != 1 or own_names(parts[1]):
        return ""
    named = completed(parts[1], before)
    return with_topic(parts[1], f"lecture {lectures[0]}") if named == parts[1] else named


def _part(searcher: Searcher, text: str, filters: Filters) -> tuple[Findings, Answer | None]:
    """Return what is found for one part of a question, and its answer if there is one."""
    found = searcher.find(read_question(text), filters, JUDGED)
    findings, entry = judge(searcher, found), find_entry(searcher, found)
    if entry and _entry_answers(searcher, entry, findings):
        return findings, course_answer(searcher.source, found.question, entry)
    explained = find_explanation(searcher, findings)
    if explained and explained.unsaid:
        explained = find_explanation(searcher, findings, PART_EXPLAINED)
    if explained:
        return findings, _as_part(explained)
    if findings.status != "answered":
        return findings, None
    asked = _find_asked(searcher, findings)
    # If a moment lacks what this part asks for, the other part may still have it; not if it lacks
    # the word for it.
    chosen = find_words(asked if asked.status == "answered" else findings)
    return chosen, build_extract(chosen) if chosen.status == "answered" else None


def _as_part(explained: Answer) -> Answer:
    """Return an explanation as the answer to one part; what is left unsaid is its sentence."""
    if explained.status == "answered":
        return explained
    closest = explained.citations[:1]
    said = Sentence(explained.text, tuple(one.n for one in closest))
    return replace(explained, sentences=(said,), citations=closest, is_explanation=True)


def _cites_first(answer: Answer, findings: Findings) -> bool:
    """Return whether an answer cites the first moment of some findings."""
    hits = findings.found.hits
    return bool(hits) and (hits[0].video.video_id, hits[0].start) in {
        (one.video_id, one.start) for one in answer.citations
    }


def _two_sides(searcher: Searcher, whole: Findings, filters: Filters) -> Answer | None:
    """Return an answer to a comparison; None if the question is not one, or nothing fits.

    Also None if the whole question is answered, asks more than for two names, and the moments of
    its sides are not among its own.
    """

    def judge_other(text: str) -> Findings:
        side = judge_text(searcher, text, filters)
        return find_definition(searcher, side)

    question = whole.found.question
    pair = compared(question.text)
    if pair is None:
        return None
    pair, quality = without_quality(pair)
    if whole.status == "answered" and (one := comparing(whole, pair)):
        return one
    are_names = [len(names_of(side)) > 1 for side in pair]
    if not whole.fits and not any(are_names):
        return None
    for asked in dict.fromkeys((quality, "")):
        sides = [judge_other(side_question(side, question.language, asked)) for side in pair]
        for side in sides:
            if side.status == "answered" and (one := comparing(side, pair)):
                return replace(one, question=question.text)
        answers = _answers_for_sides(searcher, whole, pair, sides, filters)
        # What is asked beyond two names, the best moments of the whole question say better.
        both_names = all(are_names) and not quality
        own = [belongs_to(answer, whole) for answer in answers]
        known = any(own) if all(are_names) and not asked else all(own)
        if whole.status != "answered" or both_names or known:
            return join_sides(question, pair, answers)
    return None


def _answers_for_sides(
    searcher: Searcher,
    whole: Findings,
    pair: tuple[str, str],
    sides: list[Findings],
    filters: Filters,
) -> list[Answer | None]:
    """Return an answer for each side of a comparison, None for one without a moment."""

    def find_in(lecture: int) -> Findings:
        limits = replace(filters, lectures=frozenset([lecture]))
        return judge(searcher, searcher.find(sides[1].found.question, limits, JUDGED))

    # The whole question is about both sides; the moment of a side only has to deal with that side.
    first = answer_for_side(pair, pair[0], sides[0], whole)
    beside = in_same_lecture(sides[1], sides[0], find_in)
    second = answer_for_side(pair, pair[1], beside, whole, first)
    return [first, second or answer_for_side(pair, pair[1], sides[1], whole, first)]


def limit_moments(answer: Answer, found: Found, k: int) -> Answer:
    """Return an answer without claims, with the k closest moments instead of SHOWN."""
    if answer.status not in ("partly", "not_in_lectures"):
        return answer
    shown = enumerate(found.hits[:k], start=1)
    return replace(answer, citations=tuple(build_citation(n, hit) for n, hit in shown))


def _without_claim(findings: Findings) -> Answer:
    question, hits = findings.found.question, findings.found.hits
    shown = enumerate(hits[:SHOWN], start=1)
    missing = missing_words(findings)
    return Answer(
        question=question.text,
        status=findings.status,
        text=reply_text(findings.status, bool(hits), question.language, missing),
        sentences=(),
        citations=tuple(build_citation(n, hit) for n, hit in shown),
        probability=findings.probability,
        missing=missing,
    )
