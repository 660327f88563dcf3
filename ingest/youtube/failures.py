"""Failures of YouTube and the two clients, with their causes and remedies."""

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal
from xml.etree.ElementTree import ParseError

import msgspec
import requests
import youtube_transcript_api as yta
import yt_dlp
from defusedxml import DefusedXmlException

from cs25search.errors import Cs25SearchError

from ..languages import Offer, named

# video: repeating the request does not help. transient: the same request may work in a moment.
# blocked: every further request makes it worse. unreachable: no request will get through.
FailureKind = Literal["video", "transient", "blocked", "unreachable"]


class Failure(msgspec.Struct, frozen=True):
    """Why a video or playlist could not be fetched, and the remedy, each as a sentence."""

    kind: FailureKind
    cause: str
    cure: str


class FetchError(Cs25SearchError):
    """Something could not be fetched.

    Attributes:
        failure: The cause and its cure.
        detail: The client's message, for `-v`.
    """

    def __init__(self, failure: Failure, detail: str = "") -> None:
        self.failure, self.detail = failure, detail
        super().__init__(f"{failure.cause}\n{failure.cure}")


ADD_FILE = "Save its captions as VIDEOID.en.srt in a folder and add --captions FOLDER."

BLOCKED = Failure(
    "blocked",
    "YouTube blocks requests from this address.",
    "Wait an hour and run the same command again, or use another address with --proxy URL.",
)
SIGN_IN = Failure(
    "blocked",
    "YouTube asks you to sign in and confirm that you are not a bot.",
    "Wait an hour, or give yt-dlp a browser's cookies with --cookies FILE, or use --proxy URL.",
)
RATE_LIMITED = Failure(
    "blocked",
    "YouTube received too many requests from this address.",
    "Wait an hour and run the same command again with --sleep 10.",
)
PO_TOKEN = Failure(
    "video",
    "YouTube gives these captions only to browsers with a PO token.",
    f"Try again with --cookies FILE. Or {ADD_FILE[0].lower()}{ADD_FILE[1:]}",
)
AGE = Failure(
    "video",
    "The video is age-restricted.",
    "Give yt-dlp the cookies of an account with access: --cookies FILE.",
)
ALLOWED = f"Use --cookies FILE of an account with access. Or {ADD_FILE[0].lower()}{ADD_FILE[1:]}"
PRIVATE = Failure("video", "The video is private.", ALLOWED)
MEMBERS = Failure("video", "The video is for members of its channel only.", ALLOWED)
MUSIC_PREMIUM = Failure("video", "The video is for Music Premium members only.", ALLOWED)
PAYMENT = Failure("video", "The video must be paid for.", ALLOWED)
CONTENT_WARNING = Failure(
    "video", "YouTube shows a content warning that must be confirmed first.", ALLOWED
)
WORKSPACE = Failure(
    "video",
    "An administrator of the network or of Google Workspace restricts this video.",
    "Use another network or --proxy URL, or ask the administrator to allow the video.",
)
GONE = Failure(
    "video", "The video is no longer available.", "Leave it out, or look for another upload."
)
REGION = Failure(
    "video",
    "The video is not available in this country.",
    "Use an address in another country with --proxy URL.",
)
NOT_YET = Failure(
    "video",
    "The video has not been shown yet.",
    "Run the same command again once it is over; captions come some hours later.",
)
LIVE = Failure("video", "The video is live now.", NOT_YET.cure)
PROCESSING = Failure(
    "video",
    "YouTube is still processing the video.",
    "Run the same command again in some hours.",
)
# By yt-dlp's live_status. A finished stream without captions is not in this table.
LIVE_STATES = {"is_live": LIVE, "is_upcoming": NOT_YET, "post_live": PROCESSING}
UNPLAYABLE = Failure("video", "YouTube says that the video cannot be played.", ADD_FILE)
DISABLED = Failure("video", "The video has no captions.", ADD_FILE)
NO_SOUND = Failure(
    "video",
    "The video has no captions, and YouTube refuses to serve its audio to this program.",
    "Download it, for example with yt-dlp -x, and pass the file: --captions FILE --transcribe",
)
TOO_LARGE = Failure(
    "video",
    "The video has no captions, and its audio is larger than 1 GB.",
    "Download the audio in parts, and pass the folder: --captions FOLDER --transcribe",
)
BAD_ID = Failure(
    "video",
    "YouTube has no video with this id.",
    "Copy the address again from the browser's address bar.",
)
CONSENT = Failure(
    "video",
    "YouTube shows its cookie consent page and does not accept the answer.",
    "Give yt-dlp a browser's cookies with --cookies FILE.",
)
NOT_UNDERSTOOD = Failure(
    "video",
    "The clients do not understand YouTube's answer.",
    "Update them: pip install --upgrade yt-dlp youtube-transcript-api",
)
OUTDATED = Failure(
    "video",
    "YouTube no longer serves the version of its app that the clients imitate.",
    NOT_UNDERSTOOD.cure,
)
ELSEWHERE = Failure(
    "video",
    "YouTube's answer redirects to another server, which is not contacted.",
    f"Check the network for a login page or a filter. Or {ADD_FILE[0].lower()}{ADD_FILE[1:]}",
)
TOO_LARGE = Failure("video", "YouTube's answer is larger than any real one.", ADD_FILE)
BUSY = Failure(
    "transient",
    "YouTube does not answer properly, even after retries.",
    "Run the same command again in a few minutes.",
)
NETWORK = Failure(
    "unreachable",
    "YouTube cannot be reached from this machine.",
    "Check the network or use --proxy URL; --offline uses only what is on disk.",
)
PROXY = Failure(
    "unreachable",
    "The proxy cannot be used.",
    "Check its address and password: --proxy http://user:password@host:port",
)
CERTIFICATE = Failure(
    "unreachable",
    "YouTube's certificate is not trusted, which may be caused by a company's proxy.",
    "Set the company's certificate file: REQUESTS_CA_BUNDLE=FILE SSL_CERT_FILE=FILE",
)
PLAYLIST_GONE = Failure(
    "video",
    "The playlist does not exist.",
    "Copy the address again from the browser, or name videos with --video ID.",
)
PLAYLIST_PRIVATE = Failure(
    "video",
    "The playlist is private.",
    "Use --cookies FILE of an account with access, or name videos with --video ID.",
)
PLAYLIST_EMPTY = Failure("video", "The playlist is empty.", "Name videos with --video ID.")
TORN = Failure(
    "transient",
    "YouTube sent only part of its answer.",
    "Run the same command again in a few minutes.",
)

# yt-dlp, `requests` and urllib3 distinguish causes only by message. The first match counts.
MESSAGES: tuple[tuple[str, Failure], ...] = (
    (r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|SSL certificate prob", CERTIFICATE),
    (r"the answer leads elsewhere|No connection adapters|HTTP Error 3\d\d", ELSEWHERE),
    (r"the answer is larger than", TOO_LARGE),
    (r"tunnel|\bproxy\b|ProxyError|HTTP Error 407|SOCKS", PROXY),
    (r"confirm you.re not a bot|captcha", SIGN_IN),
    (r"error occurred|something went wrong", BUSY),  # followed by "Please try again later."
    (r"\b429\b|too many requests|rate-?limited|try again later", RATE_LIMITED),
    (r"IP is likely being blocked|\b403\b", BLOCKED),
    (
        r"workspace administrator|network administrator|google apps account|restricted mode",
        WORKSPACE,
    ),
    (r"latest version of youtube|not available on this app|needs to be reloaded", OUTDATED),
    (r"confirm your age|age-?restricted|inappropriate for some users", AGE),
    (
        r"inappropriate or offensive|viewer discretion|suicide or self-harm|content warning",
        CONTENT_WARNING,
    ),
    (r"playlist does not exist|does the playlist exist|redirected to youtube", PLAYLIST_GONE),
    (r"playlist is private|playlist type is unviewable", PLAYLIST_PRIVATE),
    (r"music premium|youtube premium", MUSIC_PREMIUM),
    (r"requires payment|payment to watch|must be (rented|purchased)", PAYMENT),
    (r"members-only|join this channel|channel.s members|members on level", MEMBERS),
    (r"private video|video is private", PRIVATE),
    (
        r"(in|from) your (country|region|location)|geo.?restrict|your country on copyright",
        REGION,
    ),
    (
        r"premieres? in|premiere will begin|live event will begin|live event has not"
        r"|is_upcoming|offline",
        NOT_YET,
    ),
    (r"processing this video|video is (still )?being processed|check back later", PROCESSING),
    (r"PO Token", PO_TOKEN),
    (r"the answer was cut off", BUSY),
    (r"incomplete (yt initial )?data|IncompleteRead", TORN),
    (
        r"HTTP Error 5\d\d|\b5\d\d Server Error|timed? ?out|reset by peer|connection aborted"
        r"|remote end closed|connection was closed|unknown error|EOF occurred|too slow"
        r"|closed abruptly|HTTP/0\.9|invalid content-length|content unencoding",
        BUSY,
    ),
    (
        r"resolve|getaddrinfo|name or service|name resolution|refused|unreachable|no route"
        r"|failed to establish",
        NETWORK,
    ),
    (r"failed to parse json|unable to download api page", NOT_UNDERSTOOD),
    (
        r"(video|clip) (is )?(unavailable|not available|no longer available)|removed|terminated"
        r"|video does not exist"
        r"|recording is not available|account .{0,40}closed",
        GONE,
    ),
    (r"truncated|invalid url|not a valid url|is not a video", BAD_ID),
    (r"sign in", SIGN_IN),
    (r"unplayable|not playable|drm", UNPLAYABLE),
)  # fmt: skip
# The meaning of a status if its reason matches no message above, as in other languages.
STATUSES = {
    "CONTENT_CHECK_REQUIRED": CONTENT_WARNING,
    "AGE_CHECK_REQUIRED": AGE,
    "AGE_VERIFICATION_REQUIRED": AGE,
    "LIVE_STREAM_OFFLINE": NOT_YET,
}
_MESSAGES = tuple((re.compile(pattern, re.I), failure) for pattern, failure in MESSAGES)

# Exceptions of youtube-transcript-api, subclasses before their bases.
EXCEPTIONS: tuple[tuple[type[Exception], Failure], ...] = (
    (yta.IpBlocked, BLOCKED),
    (yta.RequestBlocked, SIGN_IN),
    (yta.PoTokenRequired, PO_TOKEN),
    (yta.AgeRestricted, AGE),
    (yta.TranscriptsDisabled, DISABLED),
    (yta.InvalidVideoId, BAD_ID),
    (yta.VideoUnavailable, GONE),
    (yta.FailedToCreateConsentCookie, CONSENT),
    (yta.YouTubeDataUnparsable, NOT_UNDERSTOOD),
    (requests.exceptions.SSLError, CERTIFICATE),
    (requests.exceptions.ProxyError, PROXY),
    (requests.exceptions.Timeout, BUSY),
)

BROKEN_OFF = (
    requests.exceptions.ConnectionError,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)

# All exceptions of the clients, including those of their libraries.
CLIENT_ERRORS = (
    yta.YouTubeTranscriptApiException,
    yt_dlp.utils.YoutubeDLError,
    requests.RequestException,
    DefusedXmlException,
    ParseError,
    OSError,
    LookupError,
    TypeError,
    AttributeError,
    ValueError,
    RecursionError,  # from deeply nested JSON
)


def explain(error: Exception) -> Failure:
    """Return the failure for an exception of a client.

    >>> explain(yta.TranscriptsDisabled("U8J32Z3qV8s")).cause
    'The video has no captions.'
    """
    for kind, failure in EXCEPTIONS:
        if isinstance(error, kind):
            return failure
    if isinstance(error, yta.VideoUnplayable):
        said = " ".join([error.reason or "", *error.sub_reasons])
        return explain_message(said, otherwise=_quoting(UNPLAYABLE, said))
    if isinstance(error, yta.YouTubeRequestFailed):
        return explain_message(error.reason, otherwise=NOT_UNDERSTOOD)
    if isinstance(error, ParseError):
        # YouTube refuses some requests with an empty body in place of captions.
        return PO_TOKEN if error.position == (1, 0) else BUSY
    if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)):
        return ELSEWHERE
    if isinstance(error, BROKEN_OFF):
        return explain_message(str(error), otherwise=BUSY)
    if isinstance(error, (LookupError, TypeError, AttributeError, ValueError, RecursionError)):
        return NOT_UNDERSTOOD  # the clients parse YouTube's answer without checks
    return explain_message(str(error))


def explain_message(message: str, otherwise: Failure = NOT_UNDERSTOOD) -> Failure:
    """Return the failure for a client's message.

    >>> explain_message("HTTP Error 429: Too Many Requests").kind
    'blocked'
    """
    for pattern, failure in _MESSAGES:
        if pattern.search(message):
            return failure
    return otherwise


def explain_player(player: Mapping[str, Any]) -> Failure | None:
    """Return the failure for YouTube's answer about a video, None if it can be played.

    >>> explain_player({"playabilityStatus": {"status": "ERROR", "errorScreen":
    ...     {"playerErrorMessageRenderer": {"subreason": {"simpleText": "Try again later"}}}}}).kind
    'blocked'
    """
    try:
        status = str(player["playabilityStatus"]["status"])
        details = player.get("videoDetails") or {}
        if status == "OK":
            live = bool(details.get("isLive"))
            return LIVE if live else NOT_YET if details.get("isUpcoming") else None
        said = ". ".join(dict.fromkeys(_reasons(player["playabilityStatus"])))
    except (LookupError, TypeError, AttributeError):
        return None
    return explain_message(said, STATUSES.get(status) or _quoting(UNPLAYABLE, said))


def _reasons(status: Mapping[str, Any]) -> Iterator[str]:
    """Yield all reasons that YouTube gives why a video cannot be played."""
    screen = (status.get("errorScreen") or {}).get("playerErrorMessageRenderer") or {}
    for said in (
        status.get("reason"), screen.get("reason"), screen.get("subreason"),
        *(status.get("messages") or ()),
    ):  # fmt: skip
        if isinstance(said, dict):  # YouTube sends a text in one or several pieces
            said = said.get("simpleText") or "".join(run["text"] for run in said.get("runs") or ())
        if said:
            yield str(said).strip().rstrip(".")


def no_such_language(wanted: Sequence[str], offers: Iterable[Offer]) -> Failure:
    """Return the failure for a video with captions only in other languages."""
    found = sorted({named(offer.language) for offer in offers} - {""})
    if not found:
        return DISABLED
    shown, missing = ", ".join(found[:8]), " or ".join(map(repr, wanted))
    cure = f"Choose one with --lang {found[0]}, or add a file with --captions DIR."
    return Failure("video", f"There are no captions in {missing}, only in {shown}.", cure)


def truncated(came: int, listed: int | None) -> Failure:
    """Return the failure for an incomplete list.

    Args:
        listed: The number of entries, None if YouTube does not say.
    """
    of = f"of {listed} " if listed else ""
    return Failure(
        "transient",
        f"YouTube gave {came} {of}entries of the list; the rest is missing.",
        "Run the same command again: it only requests what is missing.",
    )


def not_asked(failure: Failure) -> Failure:
    """Return the failure for a video that was skipped because its client was given up."""
    return Failure(failure.kind, f"Skipped after earlier failures: {failure.cause}", failure.cure)


def _quoting(failure: Failure, said: str) -> Failure:
    said = " ".join(said.split())[:120]
    cause = f"{failure.cause[:-1]}: {said.rstrip('.')}." if said else failure.cause
    return Failure(failure.kind, cause, failure.cure)


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Turn exceptions of the clients into FetchError."""
    try:
        yield
    except FetchError:
        raise
    except CLIENT_ERRORS as error:
        raise FetchError(explain(error), f"{type(error).__name__}: {error}") from error
