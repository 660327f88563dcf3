"""Who may open the app, and who may start an ingest: raw requests to a real server."""

import asyncio
import json
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from urllib.request import urlopen

import pytest
import websockets
from conftest import run
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from cs25search import progress
from cs25search.errors import FAILED, Cs25SearchError
from cs25search.ui import ingesting
from cs25search.ui.access import read_access
from cs25search.ui.views.texts import TEXTS
from tests.e2e.conftest import link_copy, serve

FINISHED = ForwardMsg.ScriptFinishedStatus.FINISHED_SUCCESSFULLY
PUBLIC = "search.example.org"
HANDSHAKE = [
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
]
PATHS = ["/", "/index", "/_stcore/health", "/_stcore/host-config", "/_stcore/stream"]
UNKNOWN = [
    ["Host: evil.example"],
    ["Host: evil.example:PORT"],
    ["Host: localhost.evil.example:PORT"],
    ["Host: 127.0.0.1.evil.example"],
    ["Host: localhost@evil.example"],
    ["Host: localhost:PORT/evil.example"],
    ["Host: 192.168.1.7:PORT"],
    ["Host: 0.0.0.0:PORT"],
    ["Host: [::2]:PORT"],
    ["Host: [::1"],
    ["Host:"],
    [],
    ["Host: localhost", "Host: evil.example"],
    ["Host: evil.example", "X-Forwarded-Host: localhost"],
]
OWN = ["localhost", "localhost:PORT", "LocalHost:PORT", "localhost.", "127.0.0.1:PORT",
       "[::1]:PORT"]  # fmt: skip
FOREIGN = ["http://evil.example", "https://evil.example:PORT", "null", "", "http://localhost:1",
           "http://localhost:PORT.evil.example", "http://localhost:PORT@evil.example",
           "file://localhost:PORT"]  # fmt: skip


@pytest.fixture(scope="module")
def local(index_dir):
    """A server as started by make run."""
    with serve(index_dir) as served:
        yield served


@pytest.fixture(scope="module")
def public(index_dir):
    """A server with a public name, for a proxy in front of it."""
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:  # for this server only
            patch.setenv("CS25_HOSTS", f"{PUBLIC}, lab.example.org")
            served = stack.enter_context(serve(index_dir))
        yield served


def port(served) -> int:
    return int(served.url.rsplit(":", 1)[1])


def status(served, lines, path="/", method="GET", body=b"") -> int:
    """Send a request unchanged; return the status of the response."""
    request = "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""])
    request = request.replace("PORT", str(port(served)))
    with closing(socket.create_connection(("127.0.0.1", port(served)), 60)) as connection:
        connection.sendall(request.encode() + body)
        return int(connection.recv(4096).split()[1])


def both(lines, path):
    """Return the lines of a request; for the websocket's path, of a handshake."""
    return [*lines, *HANDSHAKE] if path.endswith("stream") else [*lines, "Connection: close"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("lines", UNKNOWN, ids=" ".join)
def test_unknown_host_is_refused_on_every_path(local, public, lines, path):
    for served in (local, public):
        # uvicorn itself answers 400 to a request without exactly one Host.
        expected = (403,) if sum(line.startswith("Host:") for line in lines) == 1 else (400, 403)
        assert status(served, both(lines, path), path) in expected


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", OWN)
def test_loopback_names_are_answered_without_any_setting(local, public, host, path):
    for served in (local, public):
        expected = 101 if path.endswith("stream") else 200
        assert status(served, both([f"Host: {host}"], path), path) == expected


@pytest.mark.parametrize("path", PATHS)
def test_public_hosts_are_answered_where_they_are_named(local, public, path):
    for host in (PUBLIC, f"{PUBLIC}:8443", PUBLIC.upper(), "lab.example.org"):
        lines = both([f"Host: {host}"], path)
        assert status(public, lines, path) == (101 if path.endswith("stream") else 200)
        assert status(local, lines, path) == 403


@pytest.mark.parametrize("origin", FOREIGN)
def test_foreign_origin_is_refused_before_streamlit_sees_it(local, origin):
    before = local.log.read_text("utf-8")
    lines = ["Host: localhost:PORT", f"Origin: {origin}", *HANDSHAKE]
    assert status(local, lines, "/_stcore/stream") == 403
    # Streamlit looks for its external address, in the event loop, before it logs this.
    assert "Rejecting" not in local.log.read_text("utf-8").removeprefix(before)


def test_own_origin_opens_the_websocket_and_two_origins_do_not(local, public):
    for served, host, scheme in (
        (local, "localhost:PORT", "http"),
        (local, "[::1]:PORT", "http"),
        (public, PUBLIC, "https"),
    ):
        own = [f"Host: {host}", f"Origin: {scheme}://{host}"]
        assert status(served, [*own, *HANDSHAKE], "/_stcore/stream") == 101
        twice = [*own, "Origin: http://evil.example", *HANDSHAKE]
        assert status(served, twice, "/_stcore/stream") in (400, 403)


def test_refusal_names_the_setting_in_both_languages(local):
    with closing(socket.create_connection(("127.0.0.1", port(local)), 60)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n")
        with connection.makefile("rb") as answer:
            said = answer.read().decode()
    for text in TEXTS["refused_host"]:
        assert text.format(host="a.example") in said
    assert "content-security-policy" in said.lower()


def test_setting_that_is_not_a_name_stops_the_server_with_its_value():
    for wrong in ("https://search.example.org", "*.example.org", "a b"):
        with pytest.raises(Cs25SearchError, match="CS25_HOSTS names") as caught:
            read_access({"CS25_HOSTS": f"localhost,{wrong}"})
        assert repr(wrong) in str(caught.value)


class Session:
    """A page as a browser opens it, without the browser."""

    def __init__(self, served, host="localhost", **headers):
        self.port, self.host, self.session_id, self.elements = port(served), host, "", []
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    async def __aenter__(self):
        self.socket = await websockets.connect(
            f"ws://{self.host}/_stcore/stream",
            host="127.0.0.1",
            port=self.port,
            additional_headers=self.headers,
            max_size=None,
            open_timeout=60,
            ping_interval=None,
            proxy=None,
        )
        return self

    async def __aexit__(self, *_):
        await self.socket.close()

    async def run(self, press="") -> str:
        """Run the page after pressing a button, if any; return everything that it shows."""
        message = BackMsg()
        message.rerun_script.query_string = "lang=en"
        message.rerun_script.page_name = "index"
        if press:
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = press, True
            for element in self.elements:
                if element.WhichOneof("type") == "checkbox":  # a browser sends each with its state
                    state = message.rerun_script.widget_states.widgets.add()
                    state.id, state.bool_value = element.checkbox.id, element.checkbox.default
        await self.socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(await asyncio.wait_for(self.socket.recv(), 120))
            kind = answer.WhichOneof("type")
            if kind == "new_session":  # also when a run has asked for another one
                self.elements = []
                self.session_id = answer.new_session.initialize.session_id
            if kind == "delta" and answer.delta.HasField("new_element"):
                self.elements.append(answer.delta.new_element)
            if kind == "script_finished" and answer.script_finished == FINISHED:
                return "\n".join(map(str, self.elements))

    def button(self) -> str:
        """Return the id of the button that starts an ingest; "" if there is none."""
        label = TEXTS["ingest"][0]
        return next((one.button.id for one in self.elements if one.button.label == label), "")


def test_no_file_can_be_uploaded_even_by_a_session_of_the_app(local):
    async def upload():
        async with Session(local) as session:
            await session.run()
            health = f"{local.url}/_stcore/health"
            with urlopen(health, timeout=60) as answer:  # noqa: S310 (our own server)
                cookie = answer.headers["Set-Cookie"].split(";")[0]
            part = b'Content-Disposition: form-data; name="f"; filename="f"'
            content = b"--b\r\n" + part + b"\r\n\r\nx\r\n--b--\r\n"
            lines = [
                "Host: localhost:PORT",
                "Connection: close",
                f"Cookie: {cookie}",
                f"X-Xsrftoken: {cookie.split('=', 1)[1]}",
                "Content-Type: multipart/form-data; boundary=b",
                f"Content-Length: {len(content)}",
            ]
            path = f"/_stcore/upload_file/{session.session_id}/one"
            return await asyncio.to_thread(status, local, lines, path, "PUT", content)

    assert asyncio.run(upload()) == 403


def has_button(served, **headers) -> bool:
    async def look():
        async with Session(served, **headers) as session:
            shown = await session.run()
            assert bool(session.button()) != (TEXTS["ingest_elsewhere"][0] in shown)
            return bool(session.button())

    return asyncio.run(look())


def test_ingest_is_offered_to_visitors_at_this_machine_only(local, public, index_dir, monkeypatch):
    assert has_button(local)
    for name in ("X_Forwarded_For", "X_Forwarded_Host", "X_Real_IP", "Forwarded", "Via"):
        assert not has_button(local, **{name: "127.0.0.1"})
    # Behind a proxy with a login every visitor comes from loopback.
    assert not has_button(public)
    assert not has_button(public, host=PUBLIC)
    monkeypatch.setenv("CS25_HOSTS", PUBLIC)
    monkeypatch.setenv("CS25_ALLOW_INGEST", "1")
    with serve(index_dir) as served:
        assert has_button(served, host=PUBLIC, X_Forwarded_For="10.0.0.7")


def put_another_ingest_into(folder):
    """Create a package called ingest in a folder that is not ours."""
    (folder / "ingest").mkdir(parents=True)
    for file in ("__init__.py", "__main__.py"):
        (folder / "ingest" / file).write_text("raise SystemExit('not ours')")


def test_two_presses_at_once_are_one_ingest_of_ours_and_one_progress(
    index_dir, tmp_path, monkeypatch
):
    """The server is started in a folder that holds another ingest."""
    index = link_copy(index_dir, tmp_path / "index")
    put_another_ingest_into(tmp_path / "elsewhere")
    monkeypatch.setenv("CS25_LOG", str(tmp_path / "log"))

    async def press():
        async with Session(served) as one, Session(served) as two:
            await asyncio.gather(one.run(), two.run())
            await asyncio.gather(one.run(one.button()), two.run(two.button()))
            while TEXTS["ingest_running"][0] in (shown := await one.run()):
                await asyncio.sleep(0.2)
            return shown, await two.run()

    with serve(index, tmp_path / "elsewhere") as served:
        pages = asyncio.run(press())
    for page in pages:
        found = [key for key in ("ingest_done", "ingest_partly", "ingest_failed")
                 if TEXTS[key][0] in page]  # fmt: skip
        assert found == ["ingest_done"], (index / ingesting.LOG).read_text("utf-8")
        assert all(remark in page for remark in progress.read_progress(index).remarks)
    steps = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert len({one["pid"] for one in steps if one["event"] == "ingest"}) == 1


def test_many_presses_start_one_process(tmp_path, monkeypatch):
    begun = []

    class Slow:
        def __init__(self, *_, **__):
            begun.append(self)
            time.sleep(0.05)

        def poll(self):
            return None

    monkeypatch.setattr(ingesting.subprocess, "Popen", Slow)
    barrier = threading.Barrier(8)

    def press(_):
        barrier.wait()
        ingesting.start(tmp_path, offline=True)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(press, range(8)))
    ingesting._started().processes.clear()
    assert len(begun) == 1


def test_a_new_ingest_does_not_show_the_end_of_the_one_before(tmp_path, monkeypatch):
    with progress.recorded(tmp_path) as recorder:
        recorder.remark("Wrote the index.")
        recorder.step("encode", 9, 9)

    class Beginning:
        def __init__(self, *_, **__):
            pass

        def poll(self):
            return None

    monkeypatch.setattr(ingesting.subprocess, "Popen", Beginning)
    ingesting.start(tmp_path, offline=True)
    shown = ingesting.remarks(tmp_path), progress.read_progress(tmp_path).step
    ingesting._started().processes.clear()
    assert shown == ("", None)


def test_ingest_under_our_own_name_is_ours_whatever_the_folder_holds(tmp_path, index_dir):
    put_another_ingest_into(tmp_path)
    command = [sys.executable, "-m", "cs25search", "ingest", "--dry-run", "--offline"]
    command += ["--index", str(index_dir)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    same = run("ingest", "--dry-run", "--offline", "--index", index_dir)
    assert done.stdout == same.stdout


def test_progress_is_read_while_it_is_written_and_after_an_error(tmp_path):
    assert progress.read_progress(tmp_path) == progress.Progress()
    with pytest.raises(OSError), progress.recorded(tmp_path) as recorder:
        recorder.remark("one\ud800")
        for done in range(1000):
            recorder.step("encode", done, 1000)
        seen = progress.read_progress(tmp_path)
        assert (seen.remarks, seen.code) == (("one?",), None)
        assert seen.step.step == "encode" and seen.step.total == 1000
        recorder.step("encode", 1000, 1000)
        with (tmp_path / progress.FILE).open("ab") as file:
            file.write(b'not JSON\n{"code": "x"}\n')
        raise OSError("no space")
    ended = progress.read_progress(tmp_path)
    assert ended.step.done == 1000 and ended.remarks == ("one?", "no space")
    assert ended.code == FAILED
    assert len((tmp_path / progress.FILE).read_bytes().splitlines()) < 100  # not one for each call


def test_progress_that_cannot_be_written_stops_nothing(tmp_path):
    with progress.recorded(tmp_path / "missing") as recorder:
        recorder.remark("unheard")
    assert progress.read_progress(tmp_path / "missing") == progress.Progress()
