"""Choose the captions of a video that fit the user's languages, in order of preference.

Captions are written by people, recognised from speech, or recognised from a soundtrack that
YouTube dubbed into another language. Machine translations of captions are never used, because they
are not what was said.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from cs25search.errors import Cs25SearchError

ORIGINAL = "original"  # the language that is spoken
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
# YouTube adds a track's own name to its language: en-j3PyPqV-e1s.
_NAMED = re.compile(r"[A-Za-z]{2,3}(?:-(?:[A-Z][a-z]{3}|[A-Z]{2}|[0-9]{3})(?![A-Za-z0-9_]))*")

CaptionKind = Literal["manual", "automatic", "dubbed"]
KINDS: tuple[CaptionKind, ...] = ("manual", "automatic", "dubbed")  # best first
Rank = tuple[int, int]  # position in the wanted languages, position in KINDS; lower is better
BEST: Rank = (0, 0)


class Offer(msgspec.Struct, frozen=True):
    """Captions that a client can fetch; `number` is their position in the client's list."""

    language: str
    kind: CaptionKind
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
                "Write it as en, ja or pt-BR; ja,en prefers Japanese; original: as spoken."
            )
    return codes


def same_language(code: str, wanted: str) -> bool:
    """Return whether captions in `code` satisfy a request for `wanted`.

    >>> same_language("en-GB", "en"), same_language("en", "en-GB"), same_language("eng", "en")
    (True, False, False)
    """
    return code == wanted or code.startswith(f"{wanted}-")


def named(code: str) -> str:
    """Return the language in a YouTube code, in the form of --lang; "" if there is none.

    >>> named("zh-Hans"), named("pt-BR"), named("en-j3PyPqV-e1s"), named("live_chat")
    ('zh-Hans', 'pt-BR', 'en', '')
    """
    match = _NAMED.match(code)
    whole = match and (match.end() == len(code) or code[match.end()] == "-")
    return match[0] if match and whole else ""


def kind_of(language: str, is_recognised: bool, spoken: str) -> CaptionKind:
    """Return the kind of captions.

    Speech recognised in another language than the spoken one comes from a dubbed soundtrack.

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
    """Return the offers in the wanted languages, best first.

    Args:
        wanted: Languages, the preferred one first; "original" is `spoken`.
        spoken: The language of the video, "" if YouTube does not say.

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
