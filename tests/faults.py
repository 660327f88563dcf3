"""Network faults. Each one gets the open connection and the correct answer."""

import gzip
import os
import socket
import struct
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

wait = threading.Event().wait  # not time.sleep, which tests replace
Fault = Callable[[BaseHTTPRequestHandler, bytes], None]
BOT_PAGE = (
    b'<html><body><form><div class="g-recaptcha"></div>'
    b"Our systems have detected unusual traffic from your network.</form></body></html>"
)
HUGE = 100_000_000


def head(handler, status=200, **headers):
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), str(value))
    handler.end_headers()


def whole(handler, data, status=200, **headers):
    head(handler, status, Content_Length=len(data), **headers)
    handler.wfile.write(data)


def status(code: int) -> Fault:
    return lambda handler, data: whole(handler, b"no", code)


def body(content: bytes) -> Fault:
    return lambda handler, data: whole(handler, content)


def redirect(where: str) -> Fault:
    return lambda handler, data: whole(handler, b"", 302, Location=where)


def cut(handler, data):
    """Half of the announced length."""
    head(handler, Content_Length=len(data) + 1)
    handler.wfile.write(data[: len(data) // 2])


def cut_in_a_chunk(handler, data):
    head(handler, Transfer_Encoding="chunked")
    handler.wfile.write(b"%x\r\n" % (len(data) + 1) + data[: len(data) // 2])


def half(handler, data):
    """Half of the answer, announced as whole."""
    whole(handler, data[: len(data) // 2])


def huge(handler, data):
    head(handler, Connection="close")
    for _ in range(HUGE // 1_000_000):
        handler.wfile.write(b"x" * 1_000_000)


def huge_and_announced(handler, data):
    head(handler, Content_Length=HUGE)
    for _ in range(HUGE // 1_000_000):
        handler.wfile.write(b"x" * 1_000_000)


PACKED = gzip.compress(bytes(HUGE))  # 100 kB


def bomb(handler, data):
    whole(handler, PACKED, Content_Encoding="gzip")


def wrongly_packed(handler, data):
    whole(handler, data, Content_Encoding="gzip")


def reset(handler, data):
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(handler.connection.detach())


def shut(handler, data):
    """The connection closes without an answer."""
    handler.connection.shutdown(socket.SHUT_RDWR)


def no_http(handler, data):
    handler.wfile.write(b"220 mail.example ESMTP\r\n")


def wrong_length(handler, data):
    head(handler, Content_Length="-7")
    handler.wfile.write(data[:1])


def many_headers(handler, data):
    handler.send_response(200)
    for number in range(2000):
        handler.send_header(f"X-{number}", "x" * 100)
    handler.end_headers()


def silence(handler, data):
    wait(20)


def drip(handler, data):
    """A byte now and then, so that no single wait is long."""
    head(handler, Content_Length=len(data))
    for byte in data:
        handler.wfile.write(bytes([byte]))
        wait(0.1)


def drip_of_a_header(handler, data):
    handler.send_response(200)
    handler.flush_headers()
    handler.wfile.write(b"X-Slow: ")
    for _ in range(600):
        handler.wfile.write(b"x")
        wait(0.1)


QUICK: dict[str, Fault] = {
    "403": status(403),
    "404": status(404),
    "429": status(429),
    "500": status(500),
    "503": status(503),
    "999": status(999),
    "no content": status(204),
    "bot page": body(BOT_PAGE),
    "empty": body(b""),
    "blanks": body(b" \n\n"),
    "bytes": body(bytes(range(256)) * 4),
    "null": body(b"null"),
    "list": body(b"[]"),
    "number": body(b"7"),
    "deep json": body(b"[" * 200_000),
    "deep object": body(b'{"events":' * 200_000),
    "nan": body(b'{"events": [{"tStartMs": NaN, "segs": [{"utf8": "x"}]}]}'),
    "entities": body(b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><transcript>&b;'),
    "to a private host": redirect("http://169.254.169.254/latest/meta-data"),
    "to another site": redirect("https://evil.example/"),
    "to a file": redirect("file:///etc/passwd"),
    "to another port": redirect("https://www.youtube.com:8443/"),
    "to itself": redirect("/watch?v=goround0000"),
    "to nowhere": redirect("https://[/"),
    "cut": cut,
    "cut in a chunk": cut_in_a_chunk,
    "half": half,
    "wrongly packed": wrongly_packed,
    "reset": reset,
    "shut": shut,
    "no http": no_http,
    "wrong length": wrong_length,
    "many headers": many_headers,
    "bomb": bomb,
    "100 MB": huge_and_announced,
    "100 MB unannounced": huge,
}
SLOW: dict[str, Fault] = {
    "silence": silence,
    "drip": drip,
    "drip of a header": drip_of_a_header,
}
