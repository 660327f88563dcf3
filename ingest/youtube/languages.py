"""Which captions of a video serve the languages that a user wants, and in which order.

Captions are written by people, recognised from speech, or recognised from a soundtrack that
YouTube dubbed into another language. Machine translations of captions are never taken: they
say what nobody said.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from cs25search.errors import Cs25SearchError

ORIGINAL = "original"  # the language that is spoken
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
# YouTube adds a track's own name to its language: en-j3PyPqV-e1s.
_NAMED = re.compile(r"[A-Za-z]{2,3}(?:-(?:[A-Z][a-z]{3}|[A-Z]{2}|[0-9]{3})(?![A-Za-z0-9_]))*")

Kind = Literal["manual", "automatic", "dubbed"]
KINDS: tuple[Kind, ...] = ("manual", "automatic", "dubbed")  # the better first
Rank = tuple[
    int, int
]  # place among the languages wanted, place among the kinds; the less, the better
BEST: Rank = (0, 0)


@dataclass(frozen=True, slots=True)
class Offer:
    """Captions that a client could fetch; `number` is their place in the client's own list."""

    language: str
    kind: Kind
    number: int


def parse_languages(text: str) -> tuple[str, ...]:
    """Return the languages of --lang, the preferred one first.

    Raises:
        Cs25SearchError: One of them is not a language code.

    >>> parse_languages("ja, en"), parse_languages("original")
    (('ja', 'en'), ('original',))
    """
    codes = tuple(dict.fromkeys(code.strip() for code in text.split(",")))
    for code in codes:
        if code != ORIGINAL and not LANGUAGE.fullmatch(code):
            raise Cs25SearchError(
                f"--lang {text[:50]!r}: {code[:20]!r} is not a language code.\n"
                "Write it as en, ja or pt-BR; ja,en prefers Japanese; original is what is spoken."
            )
    return codes


def same_language(code: str, wanted: str) -> bool:
    """Return whether captions in `code` serve who wants `wanted`.

    >>> same_language("en-GB", "en"), same_language("en", "en-GB"), same_language("eng", "en")
    (True, False, False)
    """
    return code == wanted or code.startswith(f"{wanted}-")


def named(code: str) -> str:
    """Return the language in a code of YouTube's, as --lang accepts it; "" when there is none.

    >>> named("zh-Hans"), named("pt-BR"), named("en-j3PyPqV-e1s"), named("live_chat")
    ('zh-Hans', 'pt-BR', 'en', '')
    """
    match = _NAMED.match(code)
    whole = match and (match.end() == len(code) or code[match.end()] == "-")
    return match[0] if match and whole else ""


def kind_of(language: str, is_recognised: bool, spoken: str) -> Kind:
    """Return the kind of captions: what is recognised in another language than the spoken one
    was heard in a dubbed soundtrack.

    >>> kind_of("en-US", True, "en"), kind_of("de", True, "en"), kind_of("de", False, "en")
    ('automatic', 'dubbed', 'manual')
    """
    if not is_recognised:
        return "manual"
    same = not spoken or language.split("-")[0] == spoken.split("-")[0]
    return "automatic" if same else "dubbed"


def serving(
    offers: Iterable[Offer], wanted: Sequence[str], spoken: str
) -> list[tuple[Rank, Offer]]:
    """Return the offers in a language that is wanted, the best first.

    Args:
        wanted: Languages, the preferred one first; "original" is `spoken`.
        spoken: The language of the video, "" when YouTube does not tell.

    >>> offers = [Offer("en", "automatic", 0), Offer("en-GB", "manual", 1)]
    >>> [offer.language for _, offer in serving(offers, ("ja", "en"), "en")]
    ['en-GB', 'en']
    """
    ranked = []
    for offer in offers:
        places = [
            place
            for place, code in enumerate(wanted)
            if (
                _is_spoken(offer, spoken)
                if code == ORIGINAL
                else same_language(offer.language, code)
            )
        ]
        if places:
            exact = offer.language not in wanted
            rank = (places[0], KINDS.index(offer.kind))
            ranked.append((rank, exact, offer.language, offer.number, offer))
    return [(rank, offer) for rank, *_, offer in sorted(ranked, key=lambda one: one[:4])]


def _is_spoken(offer: Offer, spoken: str) -> bool:
    if not spoken:
        return offer.kind == "manual"
    return offer.language.split("-")[0] == spoken.split("-")[0]
