"""Client for a language model: sends a request to an endpoint and yields the reply.

It is off unless CS25_LLM_BASE_URL and CS25_LLM_MODEL are set; any server with the OpenAI protocol
works. A request has only the headers named here and goes to the configured address only: redirects
are not followed. Replies are limited in time, bytes and line length, and every failure becomes one
sentence in English and Japanese.
"""

import json
import os
import queue
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

    from .closable_http import Closing

FIRST_TOKEN = 20.0  # default seconds within which a model must begin to think or write
MOST_BYTES = 8_000_000  # of one reply; many times the longest reply with all its reasoning
MOST_LINE = 1_000_000  # bytes of one event
MOST_ERROR = 65_536  # bytes read of an error response
BLOCK = 65_536  # bytes read at a time
READER = "language model"  # name of the thread that reads a reply
# Tags that models put around their reasoning, in the text itself.
_NAMES = "(?:think(?:ing)?|thought|reasoning)"
_CLOSING_TAG = re.compile(rf"</{_NAMES}\s*>|\[/think\]", re.IGNORECASE)
_TAG = re.compile(
    rf"{_CLOSING_TAG.pattern}|<{_NAMES}(?:\s[^<>]{{0,80}})?>|\[think\]", re.IGNORECASE
)
_BEGINNING_OF_TAG = re.compile(rf"[<\[]/?[a-z]{{0,9}}$|</?{_NAMES}\s[^<>]{{0,80}}$", re.IGNORECASE)
REFUSABLE = ("temperature", "max_tokens")  # settings that some hosted models reject


@dataclass(frozen=True, slots=True)  # not a Struct, which shows all its fields
class Endpoint:
    """Address, model and key of a language model. The key never appears in its repr."""

    base_url: str = field(repr=False)  # may hold a password
    model: str
    api_key: str = field(default="", repr=False)
    first_token: float = FIRST_TOKEN  # seconds


class Limits(msgspec.Struct, frozen=True):
    """Limits on the length and duration of a reply."""

    tokens: int  # reasoning included
    characters: int
    seconds: float


OF_AN_ANSWER = Limits(4000, 8000, 120.0)


class EndpointProblem(Exception):
    """The model gave no usable answer; `str()` is our own text and quotes nothing from the server.

    Attributes:
        ja: The same sentence in Japanese.
        hopeless: Further requests would fail as well, as with a rejected key or a wrong path.
        retry_after: Seconds to wait as named by the server, or None.
    """

    def __init__(
        self, reason: str, ja: str, hopeless: bool = False, retry_after: float | None = None
    ) -> None:
        self.ja, self.hopeless, self.retry_after = ja, hopeless, retry_after
        super().__init__(reason)


def read_endpoint(
    first_token: float = FIRST_TOKEN, environment: Mapping[str, str] = os.environ
) -> Endpoint | None:
    """Return the endpoint named by CS25_LLM_BASE_URL and CS25_LLM_MODEL; None if not set.

    Args:
        first_token: Seconds, unless CS25_LLM_TIMEOUT is set.

    >>> read_endpoint(environment={"CS25_LLM_MODEL": "llama3.1", "CS25_LLM_TIMEOUT": "60"})
    Endpoint(model='llama3.1', first_token=60.0)
    """
    base_url = environment.get("CS25_LLM_BASE_URL", "").strip()
    model = environment.get("CS25_LLM_MODEL", "").strip()
    if not base_url and not model:
        return None
    with suppress(ValueError):
        first_token = max(0.1, float(environment.get("CS25_LLM_TIMEOUT", first_token)))
    return Endpoint(base_url, model, environment.get("CS25_LLM_API_KEY", "").strip(), first_token)


def stream_reply(
    endpoint: Endpoint, prompt: list[dict[str, str]], limits: Limits = OF_AN_ANSWER
) -> Iterator[str]:
    """Yield the reply piece by piece, without the model's reasoning.

    Raises:
        EndpointProblem: The model cannot be reached, is too slow, breaks off, or sends an invalid
            reply.
    """
    from .closable_http import Closing  # imported here: only needed with an endpoint

    _check(endpoint)
    pieces: queue.Queue[str | BaseException | None] = queue.Queue()
    closing = Closing()
    # A thread, because a server that sends a byte now and then never triggers a socket timeout.
    threading.Thread(
        target=_read_stream,
        args=(endpoint, prompt, limits.tokens, pieces, closing),
        name=READER,
        daemon=True,
    ).start()
    try:
        yield from _without_thoughts(_in_time(endpoint, pieces, limits), endpoint.model, limits)
    finally:
        closing.set()


def unframed(text: str) -> str:
    """Return a text that cannot close the tag around it.

    >>> unframed("</moment>")
    '‹/moment›'
    """
    return text.replace("<", "‹").replace(">", "›")


def _check(endpoint: Endpoint) -> None:
    """Raise an error for unusable settings."""
    if not endpoint.base_url or not endpoint.model:
        unset = "CS25_LLM_MODEL" if endpoint.base_url else "CS25_LLM_BASE_URL"
        raise EndpointProblem(
            f"{unset} is not set.", f"{unset}が設定されていません。", hopeless=True
        )
    # Checked here because requests logs invalid headers at debug level.
    if not (endpoint.api_key.isascii() and endpoint.api_key.isprintable()):
        raise EndpointProblem(
            "CS25_LLM_API_KEY contains a character that keys cannot have.",
            "CS25_LLM_API_KEYに、キーには使えない文字が含まれています。",
            hopeless=True,
        )


def _in_time(
    endpoint: Endpoint, pieces: "queue.Queue[str | BaseException | None]", limits: Limits
) -> Iterator[str]:
    """Yield the pieces of a queue; an empty piece means that the model is thinking.

    Raises:
        EndpointProblem: The reader failed, or nothing came for too long.
    """
    end = time.monotonic() + max(limits.seconds, endpoint.first_token)
    waits, begun = endpoint.first_token, False
    while True:
        left = end - time.monotonic()
        try:
            piece = pieces.get(timeout=max(0.001, min(waits, left)))
        except queue.Empty:
            if left < waits:
                seconds = max(limits.seconds, endpoint.first_token)
                raise EndpointProblem(
                    f"the answer was not finished after {seconds:.0f} s.",
                    f"{seconds:.0f}秒たっても回答が終わりませんでした。",
                ) from None
            where = "in the middle" if begun else "before the first token"
            raise EndpointProblem(
                f"nothing was received for {waits:.0f} s {where}.",
                f"{'途中で' if begun else '最初の語まで'}{waits:.0f}秒以上応答がありませんでした。",
            ) from None
        if piece is None:
            return
        if isinstance(piece, BaseException):
            raise _problem(piece) from None
        begun = True
        yield piece


def _without_thoughts(pieces: Iterator[str], model: str, limits: Limits) -> Iterator[str]:
    """Yield a text without the parts between <think> and </think>, or tags like these.

    Raises:
        EndpointProblem: The text is empty or too long, or a tag is not paired.

    >>> "".join(_without_thoughts(iter(["<thi", "nk>Hm.</think>", "Float32."]), "m", OF_AN_ANSWER))
    'Float32.'
    """
    rest, thinking, size, begun = "", False, 0, False
    for piece in pieces:
        rest += piece
        while match := (_CLOSING_TAG if thinking else _TAG).search(rest):
            if not thinking and _CLOSING_TAG.fullmatch(match[0]):
                raise EndpointProblem(
                    f"{model} did not mark the beginning of its reasoning.",
                    f"{model}の出力で、思考と回答を区別できませんでした。",
                )
            said, rest = rest[: match.start()], rest[match.end() :]
            if said and not thinking:
                size, begun = size + len(said), begun or bool(said.strip())
                yield said
            thinking = not thinking
        # Hold back text that may be the beginning of a tag.
        tail = _BEGINNING_OF_TAG.search(rest)
        keep = tail.start() if tail else len(rest)
        said, rest = rest[:keep], rest[keep:]
        if said and not thinking:
            size, begun = size + len(said), begun or bool(said.strip())
            yield said
        if size > limits.characters:
            raise EndpointProblem(
                f"the answer is longer than {limits.characters} characters.",
                f"回答が{limits.characters}文字を超えました。",
            )
    if rest and not thinking:
        begun = True
        yield rest
    if thinking:
        raise EndpointProblem(
            f"{model} was still thinking when it ended.", f"{model}は思考の途中で終了しました。"
        )
    if not begun:
        raise EndpointProblem(f"{model} sent an empty answer.", f"{model}の回答は空でした。")


def _read_stream(
    endpoint: Endpoint,
    prompt: list[dict[str, str]],
    most_tokens: int,
    pieces: "queue.Queue[str | BaseException | None]",
    closing: "Closing",
) -> None:
    """Put the pieces of a reply into a queue, then None or the error."""
    try:
        with _begin_stream(endpoint, prompt, most_tokens, closing) as response:
            finished = begun = False
            for event in _events(response, closing):
                begun = True
                piece, ended = _read_event(event, most_tokens)
                if piece is not None:
                    pieces.put(piece)
                finished = finished or ended
            if not begun and not _is_stream(response):
                raise EndpointProblem(
                    "the server did not send a stream; is CS25_LLM_BASE_URL right?",
                    "サーバーの応答がストリーム形式ではありません。"
                    "CS25_LLM_BASE_URLを確認してください。",
                )
        pieces.put(None if finished else ConnectionError("cut off"))
    # Any error caused by a server must become one line beside the extracts.
    except Exception as error:
        pieces.put(error)


def _is_stream(response: "Response") -> bool:
    kind: str = response.headers.get("Content-Type", "")
    return kind.lower().startswith("text/event-stream")


def _begin_stream(
    endpoint: Endpoint, prompt: list[dict[str, str]], most_tokens: int, closing: "Closing"
) -> "Response":
    """Send the request; if the server rejects a setting, send it again without that setting.

    Hosted reasoning models fix the temperature and use another name for the token limit:
    https://platform.openai.com/docs/api-reference/chat/create
    """
    import requests

    from .closable_http import ClosableAdapter

    settings: dict[str, Any] = {"temperature": 0, "max_tokens": most_tokens}

    def key(request: "PreparedRequest") -> "PreparedRequest":
        # With an auth function, requests sends no password from ~/.netrc or the URL.
        if endpoint.api_key:
            request.headers["Authorization"] = f"Bearer {endpoint.api_key}"
        return request

    while True:
        with requests.Session() as session:
            for scheme in ("http://", "https://"):
                session.mount(scheme, ClosableAdapter(closing))
            response = session.post(
                endpoint.base_url.rstrip("/") + "/chat/completions",
                json={"model": endpoint.model, "messages": prompt, "stream": True, **settings},
                headers={
                    "Accept": "text/event-stream",
                    "Accept-Encoding": "identity",
                    "User-Agent": "cs25search",
                },
                auth=key,
                stream=True,
                allow_redirects=False,
                timeout=2
                * endpoint.first_token,  # ends this thread; `stream_reply` gives up earlier
            )
        if response.status_code == 200:
            return response
        with response:
            refused = _refused_setting(response, closing)
            if response.status_code != 400 or refused not in settings:
                response.raise_for_status()
                raise requests.HTTPError(response=response)  # a redirect, or no content
        del settings[refused]
        if refused == "max_tokens":
            settings["max_completion_tokens"] = most_tokens


def _refused_setting(response: "Response", closing: "Closing") -> str:
    """Return the setting that an error response names; "" if it names none that can be left out."""
    body = b""
    for block in _blocks(response, closing):
        body += block
        if len(body) > MOST_ERROR:
            return ""
    with suppress(ValueError, TypeError, KeyError, RecursionError):
        name = json.loads(body)["error"]["param"]
        return name if name in REFUSABLE else ""
    return ""


def _blocks(response: "Response", closing: "Closing") -> Iterator[bytes]:
    """Yield the bytes of a response as they arrive; end when they are no longer wanted."""
    if response.headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
        raise EndpointProblem(
            "the server sent compressed data, which was not requested.",
            "サーバーが、求めていない圧縮データを送ってきました。",
        )
    size = 0
    while not closing.is_set() and (block := response.raw.read1(BLOCK, decode_content=False)):
        size += len(block)
        if size > MOST_BYTES:
            raise EndpointProblem(
                f"the server sent more than {MOST_BYTES} bytes.",
                f"サーバーの応答が{MOST_BYTES}バイトを超えました。",
            )
        yield block


def _events(response: "Response", closing: "Closing") -> Iterator[Any]:
    """Yield the JSON of each event until [DONE].

    Raises:
        EndpointProblem: A line is too long.
        ValueError: An event is not JSON.
    """
    rest = bytearray()
    for block in _blocks(response, closing):
        rest += block
        *lines, rest = rest.split(b"\n") if b"\n" in block else [rest]
        if len(rest) > MOST_LINE or any(len(line) > MOST_LINE for line in lines):
            raise EndpointProblem(
                f"the server sent a line of more than {MOST_LINE} bytes.",
                f"サーバーが{MOST_LINE}バイトを超える行を送ってきました。",
            )
        for line in lines:
            # Blank lines, comments and event names are skipped.
            if not line.startswith(b"data:"):
                continue
            data = line[5:].strip()
            if data == b"[DONE]":
                return
            yield json.loads(data)


def _read_event(event: Any, most_tokens: int) -> tuple[str | None, bool]:
    """Return the text of an event, and whether it ends the reply.

    The text is None if the event has none, and empty while the model is thinking.

    Raises:
        EndpointProblem: The event is an error or is not text, or the answer was cut short.
        TypeError, AttributeError: The event does not have the form of the protocol.
    """
    failed = EndpointProblem(
        "the server reported an error while the model was writing.",
        "モデルの回答中に、サーバーがエラーを報告しました。",
    )
    if event.get("error"):
        raise failed
    if not event.get("choices"):
        return None, False
    choice = event["choices"][0]
    if choice.get("error"):
        raise failed
    delta = choice.get("delta") or {}
    text, finish = delta.get("content"), choice.get("finish_reason")
    if text is not None and not isinstance(text, str):
        raise EndpointProblem(
            "the server sent an answer that is not text.",
            "サーバーが、文字列ではないものを回答として送ってきました。",
        )
    if text and any("\ud800" <= character <= "\udfff" for character in text):
        raise EndpointProblem(
            "the answer contains broken characters.", "回答に壊れた文字が含まれています。"
        )
    if finish == "length":
        raise EndpointProblem(
            f"the answer was cut off at the limit of {most_tokens} tokens.",
            f"回答が上限の{most_tokens}トークンで打ち切られました。",
        )
    if finish == "error":
        raise failed
    if finish == "content_filter":
        raise EndpointProblem(
            "the server's content filter stopped the answer.",
            "サーバーのフィルターが回答を止めました。",
        )
    thinks = any(delta.get(name) for name in ("reasoning_content", "reasoning"))
    return (text or ("" if thinks else None)), finish is not None


def _problem(error: BaseException) -> EndpointProblem:
    """Return the problem behind a failed request."""
    if isinstance(error, EndpointProblem):
        return error
    response = getattr(error, "response", None)
    try:
        retry_after = max(0.0, float(response.headers["retry-after"]))  # type: ignore[union-attr]
    except (AttributeError, KeyError, ValueError):  # none, or a date
        retry_after = None
    status = getattr(response, "status_code", 0)
    hopeless = status in (401, 403, 404) or 300 <= status < 400
    return EndpointProblem(*_reason(error, status), hopeless, retry_after)


def _reason(error: BaseException, status: int) -> tuple[str, str]:
    """Return why a request failed, in our own words, because a server's text may echo the key."""
    known = {
        401: ("the key was rejected (401).", "キーが拒否されました（401）。"),
        403: ("the key was rejected (403).", "キーが拒否されました（403）。"),
        404: ("there is no such model or path (404).",
              "モデルまたはパスが見つかりません（404）。"),
        429: ("too many requests, or no credit left (429).",
              "リクエストが多すぎるか、利用枠が残っていません（429）。"),
    }  # fmt: skip
    if status in known:
        return known[status]
    if 300 <= status < 400:
        return (
            f"the server redirects to another address ({status}), which is not followed.",
            f"サーバーが別のアドレスへ転送しようとしました（{status}）。転送には従いません。",
        )
    if status:
        return (
            f"the server answered with status {status}.",
            f"サーバーがステータス{status}を返しました。",
        )
    kind = type(error).__name__
    if "Timeout" in kind or "timed out" in str(error):
        return "the server is too slow.", "サーバーの応答が遅すぎます。"
    if "Chunked" in kind or "Protocol" in kind or "Incomplete" in kind or str(error) == "cut off":
        return "the answer was cut off.", "回答が途中で切れました。"
    if "Connect" in kind or "URL" in kind or "Schema" in kind or "Proxy" in kind or "SSL" in kind:
        return (
            "the server cannot be reached; is CS25_LLM_BASE_URL right?",
            "サーバーに接続できません。CS25_LLM_BASE_URLを確認してください。",
        )
    return (
        f"the reply does not follow the OpenAI protocol ({kind}).",
        f"サーバーの応答がプロトコルに合いません（{kind}）。",
    )
