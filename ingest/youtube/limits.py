"""Limits on requests: the hosts they reach, their duration, and the size of answers.

Both clients follow redirects, read answers of any length, and restart their timeout with every
byte. Their network code is used with limits, so that no answer can redirect them to other hosts,
fill the memory or stall an ingest.
"""

import io
import os
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import curl_cffi
import msgspec
import requests
import urllib3
from requests.adapters import HTTPAdapter
from yt_dlp.networking._curlcffi import CurlCFFIRH
from yt_dlp.networking._requests import RequestsHTTPAdapter, RequestsRH

from cs25search.errors import Cs25SearchError

HOSTS = {f"{name}youtube.com" for name in ("", "www.", "m.", "music.", "consent.")}
SECONDS_TO_ANSWER = 20.0  # without receiving a byte
WHOLE = 3  # times as long for a complete answer
MOST_BYTES = 20_000_000  # decompressed; the largest page seen has 2 MB, an hour of captions 1 MB
PIECE = 1 << 16


class Network(msgspec.Struct, frozen=True):
    """How YouTube is reached.

    Attributes:
        proxy: The URL of a proxy; "" for the system's settings.
        seconds: How long to wait without receiving a byte.
        own_certificates: Whether the user named certificates to trust, which requests and OpenSSL
            then read themselves.
    """

    proxy: str = ""
    seconds: float = SECONDS_TO_ANSWER
    own_certificates: bool = False


USUAL = Network()


def read_network(proxy: str = "", environment: Mapping[str, str] = os.environ) -> Network:
    """Return how to reach YouTube, by CS25_TIMEOUT, SSL_CERT_FILE and REQUESTS_CA_BUNDLE.

    Raises:
        Cs25SearchError: CS25_TIMEOUT is invalid.

    >>> read_network(environment={"CS25_TIMEOUT": "60", "SSL_CERT_FILE": "company.pem"})
    Network(proxy='', seconds=60.0, own_certificates=True)
    """
    given = environment.get("CS25_TIMEOUT", "")
    try:
        seconds = float(given) if given else SECONDS_TO_ANSWER
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 3600:
        raise Cs25SearchError(
            f"CS25_TIMEOUT is {given[:20]!r}, not a number of seconds from 0.1 to 3600.\n"
            "Write it as CS25_TIMEOUT=20"
        )
    certificates = environment.get("SSL_CERT_FILE") or environment.get("REQUESTS_CA_BUNDLE")
    return Network(proxy, seconds, bool(certificates))


def check_host(url: str, is_known: Callable[[str], bool] = HOSTS.__contains__) -> None:
    """Check that a URL is one of YouTube's.

    Args:
        is_known: Whether a host, in lower case, may be reached.

    Raises:
        requests.exceptions.InvalidURL: It is not.
    """
    try:
        parts = urlsplit(url)
        is_ours = is_known(parts.hostname or "")
        ours = parts.scheme == "https" and is_ours and parts.port in (None, 443)
    except ValueError:
        ours = False
    if not ours or parts.username is not None:
        raise requests.exceptions.InvalidURL(f"the answer leads elsewhere: {url[:200]}")


def bounded(pieces: Iterator[bytes]) -> bytes:
    """Return the pieces of an answer, joined.

    Raises:
        requests.exceptions.ContentDecodingError: The answer is larger than MOST_BYTES.
    """
    data = bytearray()
    for piece in pieces:
        data += piece
        if len(data) > MOST_BYTES:
            raise requests.exceptions.ContentDecodingError(
                f"the answer is larger than {MOST_BYTES // 1_000_000} MB"
            )
    return bytes(data)


class BoundedAdapter(HTTPAdapter):
    """Reads each answer completely, within all limits."""

    seconds = SECONDS_TO_ANSWER

    def check(self, url: str) -> None:
        """Check that a URL may be reached."""
        check_host(url)

    def send(self, request: requests.PreparedRequest, *_: Any, **options: Any) -> requests.Response:
        """Send a request; each redirect passes through here too."""
        self.check(request.url or "")
        options |= {"timeout": self.seconds, "stream": True}
        send = super().send
        answers: queue.SimpleQueue[requests.Response | BaseException] = queue.SimpleQueue()

        def work() -> None:
            try:
                answers.put(_read(send(request, **options)))
            except BaseException as error:
                answers.put(error)

        # A thread, because a byte now and then, even in a header, never triggers a socket timeout.
        threading.Thread(target=work, daemon=True).start()
        try:
            answer = answers.get(timeout=WHOLE * self.seconds)
        except queue.Empty:
            said = f"timed out: no whole answer after {WHOLE * self.seconds:.0f} s"
            raise requests.exceptions.ReadTimeout(said, request=request) from None
        if isinstance(answer, BaseException):
            raise answer
        return answer


def _read(answer: requests.Response) -> requests.Response:
    """Return an answer with its decompressed body in memory."""
    raw = answer.raw
    try:
        data = bounded(raw.stream(PIECE, decode_content=True))
    except urllib3.exceptions.ReadTimeoutError as error:
        raise requests.exceptions.ReadTimeout(error) from None
    except urllib3.exceptions.HTTPError as error:  # cut off, or wrongly compressed
        raise requests.exceptions.ChunkedEncodingError(f"the answer was cut off: {error}") from None
    finally:
        raw.close()
    headers = {
        name: value
        for name, value in raw.headers.items()
        if name.lower() not in ("content-encoding", "content-length", "transfer-encoding")
    }
    answer.raw = urllib3.HTTPResponse(
        io.BytesIO(data), headers, raw.status, raw.version, reason=raw.reason,
        preload_content=False, original_response=raw._original_response,
    )  # fmt: skip
    return answer


class _YtDlpAdapter(BoundedAdapter, RequestsHTTPAdapter):  # type: ignore[misc]
    """The same for yt-dlp's adapter, which handles its proxies."""

    def __init__(self, seconds: float, **options: Any) -> None:
        RequestsHTTPAdapter.__init__(self, **options)
        self.seconds = seconds


class PlainRH(RequestsRH):  # type: ignore[misc]
    """yt-dlp's handler for most requests, with limits."""

    def _create_instance(self, cookiejar: Any, legacy_ssl_support: Any = None) -> Any:
        session = super()._create_instance(cookiejar, legacy_ssl_support)
        adapter = _YtDlpAdapter(
            self.timeout,
            ssl_context=self._make_sslcontext(legacy_ssl_support=legacy_ssl_support),
            max_retries=urllib3.util.retry.Retry(False),
        )
        session.adapters.clear()
        session.mount("https://", adapter)
        return session


class BrowserRH(CurlCFFIRH):  # type: ignore[misc]
    """yt-dlp's handler that imitates a browser, with limits. Its reader calls `bounded`."""

    def _create_instance(self, cookiejar: Any = None) -> Any:
        session = _CurlSession(cookies=cookiejar)
        session.seconds = self.timeout
        return session


class _CurlSession(curl_cffi.requests.Session[Any]):
    seconds = SECONDS_TO_ANSWER

    def request(self, method: Any, url: str, **options: Any) -> Any:  # type: ignore[override]
        check_host(url)
        self.curl.setopt(curl_cffi.CurlOpt.TIMEOUT_MS, int(WHOLE * self.seconds * 1000))
        # curl would follow redirects without our check.
        return super().request(method, url, **options | {"allow_redirects": False})
