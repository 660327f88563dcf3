"""What a question wants defined, and which sentences define it."""

import re

from ..question.aliases import names_of
from ..text.japanese import is_japanese, japanese_words
from ..text.words import stem, words

# How well a sentence answers "What is X?": it says that X is something; X is its subject, or the
# note is about X; it says nothing of the kind.
DEFINES, IS_ABOUT, NOTHING = 2, 1, 0

_ASKED = re.compile(
    r"^(?:so,? |and |please |can you |could you )*"
    r"(?:what(?:['’]?s| is| are| was)|what exactly (?:is|are)|what do(?:es)?|define|explain what|"
    r"meaning of) (?:exactly |actually )?"
    r"(?:meant by )?(?:an? |the )?(?P<term>[^?,;]{2,60}?)"
    r"(?: means?| stands? for| is| are)?(?: in [^?]{1,40})?"
    r"(?:,? and (?:how|why|what|where|when|who)\b.*)?\s*\??$",
    re.I,
)
_BRIEFLY_JA = r"(?:結局|一体|いったい|そもそも|要するに|つまり)?、?(?:のところ)?"
_ASKED_JA = re.compile(
    rf"^「?(?P<term>[^はがをも「」]{{1,30}}?)」?\s*(?:とは{_BRIEFLY_JA}(?:[?？。、]|何(?![をがに])|なに|なん|どう|$)"
    rf"|って{_BRIEFLY_JA}(?:(?:何|なに|なん)(?:です|でしょ|なの|のこと|か|だっけ|[?？。、]|$)"
    r"|どういう(?:意味|もの|こと)|[?？]$)"
    r"|というのは|の(?:意味|定義)(?:[はを?？。]|$))"
)
# These also ask for other things: "explain the results"; only for a known name, what it is.
_ASKED_OF_NAME = re.compile(
    r"^(?:so,? |and |please |can you |could you |briefly )*(?:explain|describe|tell me about|"
    r"how (?:does|do)) (?:to me |me )?(?:an? |the )?(?P<term>[^?,;]{2,40}?)"
    r"(?: works?)?(?: to me)?(?: in (?:simple|plain|easy)[^?]{1,20})?(?:,? please)?\s*[?.]*$"
    r"|^「?(?P<term_ja>[^はがをも「」]{1,30}?)」?(?:の(?:仕組み|しくみ|概要|基本))?"
    r"(?:について|を|は)?(?:詳しく|簡単に|わかりやすく)?"
    r"(?:教えて|説明して|知りたい|どう(?:動く|動作する|機能する)).*$",
    re.I,
)
_NO_TERM = re.compile(
    r"what do(?:es)? (?!.*\b(?:mean|stand for)\b)"
    r"|what (?:is|are|was) (?:the )?(?:difference|main|best|point|reason|purpose|role|use|idea|"
    r"intuition|most|biggest|advantages?|benefits?)\b",
    re.I,
)
# Verbs of a definition; "is intended for video" is not a definition.
_IS = re.compile(
    r"(?:\s*\([^)]*\))?,? (?:(?:is|are|was|were) (?:an?|the|one|like|what|when|how|simply|just|"
    r"essentially|called|nothing)|means?|refers?|stands? for|denotes?|consists?|measures?)\b",
    re.I,
)
# "Perceiver IO" and "GPT-2" are other things than "Perceiver" and "GPT".
_LONGER_NAME = re.compile(r"[ -]?(?:[A-Z]{2}|[0-9])")
_ARTICLES = frozenset(("a", "an", "the", "what", "is"))


def defined_term(question: str) -> str:
    """Return what a question wants defined, else "".

    >>> defined_term("What is an induction head?"), defined_term("pass@kとは何ですか？")
    ('induction head', 'pass@k')
    >>> defined_term("Why does the router need float32?"), defined_term("What is the best talk?")
    ('', '')
    >>> defined_term("explain BERT"), defined_term("explain the results")
    ('BERT', '')
    >>> defined_term("自己注意の仕組みを教えて"), defined_term("BERTって結局なに？")
    ('自己注意', 'BERT')
    >>> defined_term("Transformerのアテンションとは"), defined_term("BERTの犬とは")
    ('アテンション', 'BERTの犬')
    >>> defined_term("GLOMとは何ですか"), defined_term("GLOMとは何を目指したもの？")
    ('GLOM', '')
    """
    text = question.strip()
    if _NO_TERM.match(text):
        return ""
    if found := (_ASKED_JA if is_japanese(text) else _ASKED).match(text):
        return _without_owner(found["term"].strip())
    if found := _ASKED_OF_NAME.match(text):
        term = _without_owner((found["term"] or found["term_ja"]).strip())
        return term if len(names_of(term)) > 1 else ""
    return ""


def _without_owner(term: str) -> str:
    """Return the thing of "X's thing" in Japanese if both have names; English has "in X"."""
    owner, of, thing = term.rpartition("の")
    is_known = of and len(names_of(owner)) > 1 and len(names_of(thing)) > 1
    return thing if is_known else term


def grade(term: str, title: str, sentence: str) -> int:
    """Return how well a sentence of a note with a title says what a term is.

    >>> grade("pass@k", "Metrics", "Pass@k is the probability that one of k samples is right.")
    2
    >>> grade("BERT", "BERT: encoder only", "It keeps encoder blocks."), grade("pass@k", "", "Yes.")
    (1, 0)
    """
    return max(_grade(form, title, sentence) for form in names_of(term))


def _grade(term: str, title: str, sentence: str) -> int:
    named, titled = folded_term(term), folded_term(title)
    if titled in (named, (*named, "defin"), (*named, "定義")):
        return DEFINES
    after = _after(term, sentence)
    if after is not None:
        japanese = is_japanese(sentence)
        defines = after.startswith(("とは", "は")) if japanese else _IS.match(after)
        return DEFINES if defines else IS_ABOUT
    return NOTHING if _after(term, title) is None else IS_ABOUT


def _after(term: str, text: str) -> str | None:
    """Return the text after the term at the beginning of a text; None if it does not begin with it.

    >>> _after("router", "The routers are small."), _after("GPT", "GPT-2 is large.")
    (' are small.', None)
    >>> _after("ヘッド", "「ヘッド」（head）とは複製"), _after("head", "Ahead of time")
    ('とは複製', None)
    """
    if is_japanese(text):
        begins = re.sub(r"[「」]|（[^）]*）", "", text)
        after = begins[len(term) :] if begins.lower().startswith(term.lower()) else None
        if after and not after.startswith(("とは", "は", "が", "：", "、")):
            return None  # "ヘッドの重み" is about weights
    else:
        pattern = rf"(?:an? |the )?{re.escape(term)}(?:s|es)?(?![\w@])"
        found = re.match(pattern, text, re.I)
        after = text[found.end() :] if found else None
    return None if after is None or _LONGER_NAME.match(after) else after


def folded_term(term: str) -> tuple[str, ...]:
    """Return the words of a term without articles and endings, to compare terms.

    >>> folded_term("The Induction Heads"), folded_term("an induction head")
    (('induct', 'head'), ('induct', 'head'))
    """
    folded = _folded(term)
    while folded[:1] and folded[0] in _ARTICLES:
        del folded[0]
    return tuple(folded)


def _folded(text: str) -> list[str]:
    return japanese_words(text) if is_japanese(text) else [stem(word) for word in words(text)]
