"""A fake language model behind a real HTTP server; each test sets its replies."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "canary-sk-4f1d0c"
GOOD = [
    "Exponentiation magnifies round-off, so a small shift of the input changes the output a lot. ",
    "[1] Casting only the router to higher precision ",
    "makes training much more stable [1].",
]


class Server(ThreadingHTTPServer):
    """A server whose reply each test sets: a list of pieces, or a function of the handler."""

    daemon_threads = True

    def __init__(self):
        self.reply = GOOD
        self.requests: list[dict] = []
        self.headers: list[dict[str, str]] = []
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def base_url(self):
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(json.loads(body) | {"path": self.path})
        self.server.headers.append(dict(self.headers))
        reply = self.server.reply
        if callable(reply):
            reply(self)
        else:
            self.begin()
            for piece in reply:
                self.piece(piece)
            self.end()

    def begin(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()

    def data(self, text):
        self.wfile.write(f"data: {text}\n\n".encode())
        self.wfile.flush()

    def piece(self, text, finish=None):
        self.delta({"content": text}, finish)

    def delta(self, delta, finish=None):
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        event = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "m"}
        self.data(json.dumps(event | {"choices": [choice]}))

    def end(self):
        self.piece("", finish="stop")
        self.data("[DONE]")
        self.close_connection = True

    def fail(self, status, param=None, **headers):
        text = f"Incorrect API key provided: {KEY}"
        message = {"error": {"message": text, "param": param, "code": None}}
        body = json.dumps(message).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@contextmanager
def serving() -> Iterator[Server]:
    """Run a server."""
    with Server() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()
