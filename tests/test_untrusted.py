"""Untrusted links, names and answers cause no connections or paths, and secrets do not leak."""

import http.server
import json
import logging
import os
import socket
import threading

import pytest
from click.testing import CliRunner
from conftest import run
from fake_youtube import Talk, serve
from test_ingest import SRT, report
from test_youtube import HOSTILE, PLAYLIST, VIDEO

from cs25search.errors import Cs25SearchError
from cs25search.language_model import read_endpoint
from ingest.__main__ import main
from ingest.captions.files import Origin, RawTrack, read_captions, store_track, stored_tracks
from ingest.youtube.cookies import read_cookies
from ingest.youtube.details import Captions, Details, read_details
from ingest.youtube.failures import FetchError
from ingest.youtube.fetch import Fetcher
from ingest.youtube.limits import read_network
from ingest.youtube.transcript_api import TranscriptClient
from ingest.youtube.ytdlp import YtDlpClient

KEY = "canary-1f9b77"

# Links

ENCODED = [
    f"https://www。youtube。com/watch?v={VIDEO}",  # full stops of Chinese text
    f"https://www.youtube.com%2f@evil.example/watch?v={VIDEO}",
    f"https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{VIDEO}",
    f"http://0x7f000001/watch?v={VIDEO}",
    f"http://0177.0.0.1/watch?v={VIDEO}",
    f"http://[::ffff:127.0.0.1]/watch?v={VIDEO}",
    f"http://localhost./watch?v={VIDEO}",
    f"http://metadata.google.internal/watch?v={VIDEO}",
    f"gopher://www.youtube.com/watch?v={VIDEO}",
    f"http://www.youtube.com#@evil.example/watch?v={VIDEO}",
    f"https://www.youtube.com/watch?v={VIDEO}\r\nHost: evil.example",
    f"https://www.youtube.com/\u202ewatch?v={VIDEO}",
    f"{VIDEO}\x00.evil.example",
    "https://youtu.be/" + "A" * 100_000,
]


@pytest.fixture
def sealed(monkeypatch):
    """Make every name look-up and every connection fail the test."""

    def caught(*arguments):
        pytest.fail(f"a connection: {arguments}")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, caught)
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, caught)
    monkeypatch.setattr("curl_cffi.Curl.perform", caught)


@pytest.mark.parametrize("option", ["--video", "--playlist"])
@pytest.mark.parametrize("link", HOSTILE[:-1] + ENCODED)
def test_hostile_link_ends_the_ingest_before_any_connection(sealed, tmp_path, option, link):
    done = CliRunner().invoke(main, [option, link, "--index", str(tmp_path / "index")])
    assert done.exit_code == 2
    assert done.stderr.startswith("Error: ")
    assert not (tmp_path / "index").exists()


# What YouTube answers is no path and no address


class Answering:
    """A client that returns hostile data from YouTube."""

    name = "hostile"

    def __init__(self, language):
        self.language = language

    def fetch_captions(self, video_id, wanted, above=None):
        return Captions(SRT.encode(), "manual", self.language, self.name)

    def fetch_details(self, video_id):
        return Details("../../../x", "A title")


@pytest.mark.parametrize(
    "language", ["en-/../../x", "en-\0", "en-" + "a" * 300, "en-x/..", "en.srt"]
)
def test_language_told_by_youtube_cannot_become_a_path(language):
    fetcher = Fetcher(Answering(language), Answering(language), 0.0, print)
    with pytest.raises(FetchError):
        fetcher.fetch(Details(VIDEO), ["en"])


def test_id_told_by_youtube_does_not_replace_the_one_asked_for():
    track = Fetcher(Answering("en"), Answering("en"), 0.0, print).fetch(Details(VIDEO), ["en"])
    assert (track.origin.video_id, track.origin.name) == (VIDEO, f"{VIDEO}.en.json3")


@pytest.mark.parametrize(
    ("video_id", "name"),
    [
        (VIDEO, "../x.srt"),
        (VIDEO, "/etc/x.srt"),
        (VIDEO, "aaaaaaaaaaa.en.srt"),
        ("../../../abc", "../../../abc.en.srt"),
        (VIDEO, f"{VIDEO}.en-/../x.srt"),
    ],
)
def test_no_name_leaves_the_folder_of_captions(tmp_path, video_id, name):
    folder = tmp_path / "captions"
    with pytest.raises(ValueError, match="is not a valid name for"):
        store_track(folder, RawTrack(Origin(video_id, "manual", name, "en"), b"x"))
    assert list(tmp_path.rglob("*")) == []
    # The same written into a sidecar by somebody else is not followed.
    folder.mkdir()
    (tmp_path / "x.srt").write_text(SRT)
    sidecar = {"video_id": video_id, "kind": "local", "name": name, "language": ""}
    (folder / "a.origin.json").write_text(json.dumps(sidecar))
    assert stored_tracks(folder) == {}


def test_links_do_not_lead_out_of_a_folder_of_captions(tmp_path):
    (tmp_path / "captions").mkdir()
    (tmp_path / "secret.srt").write_text(SRT)
    (tmp_path / "captions" / "aB-cD1_eF1k.en.srt").symlink_to(tmp_path / "secret.srt")
    (tmp_path / "captions" / "aB-cD2_eF2k.en.srt").symlink_to("/etc/passwd")
    (tmp_path / "captions" / "aB-cD3_eF3k.en.srt").mkdir()
    os.mkfifo(tmp_path / "captions" / "aB-cD4_eF4k.en.srt")
    (tmp_path / "captions" / "aB-cD5_eF5k.en.srt").write_text(SRT)
    (tmp_path / "captions" / "aB-cD6_eF6k.en.srt").symlink_to("aB-cD5_eF5k.en.srt")
    tracks, left_out = read_captions(tmp_path / "captions")
    files = [track.origin.file for track in tracks]
    assert files == ["aB-cD5_eF5k.en.srt", "aB-cD6_eF6k.en.srt"]
    assert len(left_out) == 4


TRACKS = [
    "http://www.youtube.com/api/timedtext?v=x",
    "https://169.254.169.254/latest/meta-data",
    "https://www.youtube.com:8443/api/timedtext",
    "https://user@www.youtube.com/api/timedtext",
    "https://www.youtube.com@evil.example/api",
    "https://www.youtube.com.evil.example/api",
    "file:///etc/passwd",
    "//evil.example/api",
    "data:application/json,{}",
]


@pytest.mark.parametrize("url", TRACKS)
@pytest.mark.parametrize("client", [TranscriptClient, YtDlpClient])
def test_captions_elsewhere_are_not_asked_for(tmp_path, monkeypatch, client, url):
    with serve([Talk(VIDEO, "Scaling")], tmp_path) as fake:
        for name, value in fake.environment.items():
            monkeypatch.setenv(name, value)
        real = fake.answer

        def answer(path, body):
            status, text = real(path, body)
            honest = f"https://www.youtube.com/api/timedtext?v={VIDEO}&lang=en"
            return status, text.replace(honest, url)

        fake.answer = answer
        with pytest.raises(FetchError):
            client(read_network(fake.address)).fetch_captions(VIDEO, ["en"])
        assert set(fake.hosts) == {"www.youtube.com:443"}
        assert not any("timedtext" in one for one in fake.asked)


IDS = [
    "../../../etc/p",
    "<script>x</",
    "a b c d e f",
    "aaaaaaaaaa\n",
    "aaaaaaaaaaé",
    "",
    None,
    7,
    [],
]


def test_ids_of_a_playlist_are_ids(tmp_path, monkeypatch):
    with serve([], tmp_path) as fake:
        for name, value in fake.environment.items():
            monkeypatch.setenv(name, value)
        hostile = [
            Talk(one, "A" * 100_000) for one in ["aB-cD1_eF1k", *IDS] if isinstance(one, str)
        ]
        fake.talks.update({talk.video_id: talk for talk in hostile})
        videos = YtDlpClient(read_network(fake.address)).fetch_playlist(PLAYLIST).videos
    assert [video.video_id for video in videos] == ["aB-cD1_eF1k"]
    assert len(videos[0].title) == 300


@pytest.mark.parametrize(
    "facts",
    [
        {"duration": float("nan"), "chapters": [{"title": "x", "start_time": float("inf")}]},
        {"duration": float("inf"), "chapters": [{"title": "x", "start_time": -1}]},
        {"duration": -5, "title": "\ud800", "chapters": [{"title": "x", "start_time": "0"}]},
        {"duration": "ten", "title": ["x"], "upload_date": "../../etc"},
        {"duration": 1e300, "description": {"x": 1}, "chapters": [{}] * 5000},
    ],
)
def test_facts_told_by_youtube_are_checked(facts):
    details = read_details({"id": VIDEO, **facts})
    assert (details.duration, details.chapters, details.upload_date) == (0.0, (), "")
    assert json.dumps(details.title).isascii()


# Secrets


class Refusing(http.server.BaseHTTPRequestHandler):
    """A proxy and a language model that fail and repeat what they received."""

    def do_POST(self):
        told = " ".join(f"{name}: {value}" for name, value in self.headers.items())
        body = json.dumps({"error": {"message": f"wrong key {KEY}: {told}"}}).encode()
        self.send_response(self.server.status, "No")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_CONNECT(self):
        self.do_POST()

    def do_GET(self):
        self.do_POST()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def refusing():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    server.status = 407
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()


def ingest_loud(capfd, caplog, *arguments):
    """Run an ingest with every library logging at debug level; return all output and logs."""
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "requests", "yt_dlp", "curl_cffi"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    done = CliRunner().invoke(main, [*map(str, arguments), "-v", "--sleep", "0"])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    said = "".join([done.output, *capfd.readouterr(), caplog.text])
    assert "Traceback" not in said
    return said


PROXIES = [
    "http://user:KEY@HERE",
    "http://user:KEY@127.0.0.1:9",
    "http://user:KEY@127.0.0.1:99999",
    "http://user:KEY@:80",
    "http://user:KEY@no-such-host.invalid:80",
    "http://user:KEY@a@HERE",
    "socks5://user:KEY@HERE",
    "KEY",
]


@pytest.mark.parametrize("address", PROXIES)
def test_password_of_a_proxy_is_said_nowhere(refusing, tmp_path, capfd, caplog, address):
    here = f"127.0.0.1:{refusing.server_port}"
    proxy = address.replace("KEY", KEY).replace("HERE", here)
    arguments = ["--dry-run", "--playlist", PLAYLIST, "--index", tmp_path]
    said = ingest_loud(capfd, caplog, *arguments, "--proxy", proxy)
    assert "proxy" in said.lower()
    assert KEY not in said


def test_password_of_a_proxy_is_written_nowhere(refusing, small_copy):
    proxy = f"http://user:{KEY}@127.0.0.1:{refusing.server_port}"
    done = run("ingest", "-v", "--sleep", "0", "--video", "aB-cD1_eF1k", "--index", small_copy,
               HTTPS_PROXY=proxy, CS25_LLM_API_KEY=KEY, OPENAI_API_KEY=KEY)  # fmt: skip
    assert done.returncode == 1
    assert "proxy" in report(small_copy)["aB-cD1_eF1k"]["cause"]
    assert KEY not in done.stdout + done.stderr
    for path in small_copy.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


COOKIE = f".youtube.com\tTRUE\t/\tTRUE\t0\tSID\t{KEY}\n"
HEAD = "# Netscape HTTP Cookie File\n"


@pytest.mark.parametrize(
    "text",
    [
        HEAD + COOKIE,
        KEY,
        f'[{{"value": "{KEY}"}}]',
        HEAD + KEY,
        HEAD + COOKIE.replace("\t", " "),
        HEAD + COOKIE.replace("\t0\t", f"\t{KEY}\t"),
        HEAD + COOKIE.replace("\tTRUE\t/", "\tFALSE\t/"),
        HEAD + f"#HttpOnly_{COOKIE}" + KEY,
        HEAD + COOKIE.rstrip("\n") + "\tmore\n",
    ],
)
def test_cookies_are_said_nowhere(refusing, tmp_path, text, capfd, caplog):
    path = tmp_path / "cookies.txt"
    path.write_text(text)
    proxy = f"http://127.0.0.1:{refusing.server_port}"
    arguments = ["--dry-run", "--playlist", PLAYLIST, "--index", tmp_path, "--proxy", proxy]
    assert KEY not in ingest_loud(capfd, caplog, *arguments, "--cookies", path)


MODELS = {
    "refused": {"CS25_LLM_BASE_URL": "http://127.0.0.1:9/v1"},
    "password in the address": {"CS25_LLM_BASE_URL": f"http://user:{KEY}@127.0.0.1:9/v1"},
    "no address": {"CS25_LLM_BASE_URL": KEY},
    "no scheme": {"CS25_LLM_BASE_URL": f"://{KEY}"},
    "no model": {"CS25_LLM_BASE_URL": f"http://user:{KEY}@127.0.0.1:9/v1", "CS25_LLM_MODEL": ""},
    "no header": {"CS25_LLM_API_KEY": f"{KEY}\n{KEY}"},
    "no ASCII": {"CS25_LLM_API_KEY": f"{KEY}é注"},
}


@pytest.mark.parametrize("status", [401, 403, 429, 500, 302])
def test_key_of_a_model_is_said_nowhere_when_it_refuses(
    index, refusing, monkeypatch, status, caplog
):
    refusing.status = status
    ask_with_key(index, refusing, monkeypatch, caplog, {})


@pytest.mark.parametrize("name", MODELS)
def test_key_of_a_model_is_said_nowhere_when_set_up_wrongly(
    index, refusing, monkeypatch, name, caplog
):
    ask_with_key(index, refusing, monkeypatch, caplog, MODELS[name])


def ask_with_key(index, refusing, monkeypatch, caplog, changed):
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "requests"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    settings = {
        "CS25_LLM_BASE_URL": f"http://127.0.0.1:{refusing.server_port}/v1",
        "CS25_LLM_MODEL": "little-model",
        "CS25_LLM_API_KEY": KEY,
        "CS25_LLM_TIMEOUT": "5",
    }
    endpoint = read_endpoint(environment=settings | changed)
    monkeypatch.setattr(index, "endpoint", endpoint)
    answer = index.answer("Why does the router need float32?")
    assert answer.model == ""
    assert answer.remark.startswith("Extracts shown instead: ")
    assert KEY not in repr(answer)
    assert KEY not in caplog.text


def test_wrong_cookie_file_is_named_by_its_line(tmp_path):
    path = tmp_path / "cookies.txt"
    path.write_text(HEAD + COOKIE + "\n# a remark\n" + KEY)
    with pytest.raises(Cs25SearchError, match="line 5"):
        read_cookies(path)
