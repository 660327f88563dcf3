"""ingest/youtube: links, and what each failure of the real clients becomes."""

import json
import socket

import pytest
import requests
import youtube_transcript_api
from fake_youtube import BOT, GONE, Talk, serve
from requests.adapters import BaseAdapter

from cs25search.errors import Cs25SearchError, LinkError
from ingest.captions.parse import parse_captions
from ingest.youtube import failures
from ingest.youtube.cookies import read_cookies
from ingest.youtube.details import Details
from ingest.youtube.failures import FetchError
from ingest.youtube.fetch import Fetcher
from ingest.youtube.links import parse_playlist_id, parse_video_id
from ingest.youtube.transcript_api import TranscriptClient
from ingest.youtube.ytdlp import YtDlpClient

VIDEO = "U8J32Z3qV8s"
PLAYLIST = "PLoROMvodv4rNiJRchCzutFw5ItR_Z27CM"


@pytest.mark.parametrize(
    "link",
    [
        VIDEO,
        f" {VIDEO}\n",
        f"https://www.youtube.com/watch?v={VIDEO}",
        f"http://youtube.com/watch?v={VIDEO}&t=540s",
        f"https://m.youtube.com/watch?app=desktop&v={VIDEO}",
        f"https://www.youtube.com/watch?v={VIDEO}&list={PLAYLIST}&index=5",
        f"https://youtu.be/{VIDEO}?t=540",
        f"youtu.be/{VIDEO}",
        f"https://www.youtube.com/embed/{VIDEO}",
        f"https://www.youtube-nocookie.com/embed/{VIDEO}",
        f"https://www.youtube.com/shorts/{VIDEO}",
        f"https://www.youtube.com/live/{VIDEO}?feature=share",
        f"HTTPS://WWW.YOUTUBE.COM/watch?v={VIDEO}#t=5",
    ],
)
def test_video_links(link):
    assert parse_video_id(link) == VIDEO


@pytest.mark.parametrize(
    "link",
    [
        PLAYLIST,
        f"https://www.youtube.com/playlist?list={PLAYLIST}",
        f"https://www.youtube.com/watch?v={VIDEO}&list={PLAYLIST}",
        f"https://youtu.be/{VIDEO}?list={PLAYLIST}",
        f"music.youtube.com/playlist?list={PLAYLIST}",
    ],
)
def test_playlist_links(link):
    assert parse_playlist_id(link) == PLAYLIST


HOSTILE = [
    "file:///etc/passwd",
    f"file://www.youtube.com/watch?v={VIDEO}",
    f"ftp://www.youtube.com/watch?v={VIDEO}",
    "javascript:alert(1)",
    f"http://127.0.0.1/watch?v={VIDEO}",
    f"http://127.0.0.1:8080/watch?v={VIDEO}",
    f"http://localhost/watch?v={VIDEO}",
    f"http://169.254.169.254/latest/meta-data/{VIDEO}",
    f"http://[::1]/watch?v={VIDEO}",
    f"http://2130706433/watch?v={VIDEO}",
    f"https://www.youtube.com@evil.example/watch?v={VIDEO}",
    f"https://user:password@www.youtube.com/watch?v={VIDEO}",
    f"https://www.youtube.com:8443/watch?v={VIDEO}",
    f"https://www.youtube.com.evil.example/watch?v={VIDEO}",
    f"https://evil.example/www.youtube.com/watch?v={VIDEO}",
    f"https://wwwyoutube.com/watch?v={VIDEO}",
    f"https://youtube.co/watch?v={VIDEO}",
    f"https://y0utube.com/watch?v={VIDEO}",
    f"https://www.youtube.com\\@evil.example/watch?v={VIDEO}",
    f"https://www.yοutube.com/watch?v={VIDEO}",  # a Greek omicron
    f"https://youtu.be/../{VIDEO}",
    f"https://www.youtube.com/redirect?q=http://evil.example&v={VIDEO}",
    "https://www.youtube.com/watch?v=../../etc/pw",
    f"https://www.youtube.com/watch?v={VIDEO}%0aHost:evil",
    f"https://youtu.be/{VIDEO}/{VIDEO}",
    f"//evil.example/{VIDEO}",
    "--output=/etc/x",
    "",
]


@pytest.mark.parametrize("link", HOSTILE)
def test_hostile_links_are_errors_and_open_no_connection(link, monkeypatch):
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("a connection"))
    for parse in (parse_video_id, parse_playlist_id):
        with pytest.raises(LinkError) as caught:
            parse(link)
        assert "Give its id or its address" in str(caught.value)


# youtube-transcript-api, driven through its own session.


class Recorded(BaseAdapter):
    """Serves one recorded answer for each of the three requests of a video."""

    def __init__(self, page="", player=None, captions="", status=(200, 200, 200), error=None):
        super().__init__()
        self.answers = {
            "/watch": (page or '<script>"INNERTUBE_API_KEY": "AIza-fake"</script>', status[0]),
            "/youtubei/v1/player": (player if player is not None else {}, status[1]),
            "/api/timedtext": (captions, status[2]),
        }
        self.error = error

    def send(self, request, **_):
        if self.error:
            raise self.error
        body, status = self.answers[request.path_url.split("?")[0]]
        response = requests.Response()
        response.status_code = status
        response._content = (body if isinstance(body, str) else json.dumps(body)).encode()
        response.url, response.request = request.url, request
        return response

    def close(self):
        """Nothing is open."""


def client(**recorded):
    session = requests.Session()
    session.mount("https://", Recorded(**recorded))
    return TranscriptClient(session=session)


def player(*tracks, status=None, url="https://www.youtube.com/api/timedtext?v=x"):
    return {
        "playabilityStatus": status or {"status": "OK"},
        "captions": {
            "playerCaptionsTracklistRenderer": {
                "captionTracks": [
                    {
                        "baseUrl": f"{url}&lang={language}",
                        "name": {"runs": [{"text": language}]},
                        "languageCode": language,
                        **({"kind": "asr"} if kind == "automatic" else {}),
                    }
                    for language, kind in tracks
                ]
            }
        },
    }


XML = (
    '<transcript><text start="1.5" dur="2">Tom &amp;amp; Ann</text>'
    '<text start="4">x</text></transcript>'
)


def test_manual_captions_come_before_automatic_ones():
    tracks = player(("en", "automatic"), ("en-GB", "manual"), ("de", "manual"))
    captions = client(player=tracks, captions=XML).fetch_captions(VIDEO, "en")
    assert (captions.kind, captions.language) == ("manual", "en-GB")
    cues = parse_captions(captions.data).cues
    assert [(cue.start, cue.end, cue.text) for cue in cues] == [
        (1.5, 3.5, "Tom & Ann"),
        (4.0, 4.0, "x"),
    ]


def said(status, reason):
    return {"playabilityStatus": {"status": status, "reason": reason}}


OK = player(("en", "manual"))
ANSWERS = {
    "recaptcha page": (failures.BLOCKED, {"page": '<div class="g-recaptcha">'}),
    "429 on the page": (failures.BLOCKED, {"status": (429, 200, 200)}),
    "429 on the captions": (failures.BLOCKED, {"player": OK, "status": (200, 200, 429)}),
    "403": (failures.BLOCKED, {"status": (403, 200, 200)}),
    "bot check": (failures.SIGN_IN, {"player": {"playabilityStatus": BOT}}),
    "PO token": (
        failures.PO_TOKEN,
        {"player": player(("en", "manual"), url="https://www.youtube.com/a?x=1&exp=xpe")},
    ),
    "empty captions": (failures.PO_TOKEN, {"player": OK, "captions": ""}),
    "age": (
        failures.AGE,
        {"player": said("LOGIN_REQUIRED", "This video may be inappropriate for some users.")},
    ),
    "gone": (failures.GONE, {"player": {"playabilityStatus": GONE}}),
    "private": (failures.PRIVATE, {"player": said("LOGIN_REQUIRED", "This is a private video.")}),
    "disabled": (failures.DISABLED, {"player": {"playabilityStatus": {"status": "OK"}}}),
    "consent": (failures.CONSENT, {"page": '<form action="https://consent.youtube.com/s">'}),
    "page changed": (failures.NOT_UNDERSTOOD, {"page": "<html>new</html>"}),
    "player is no JSON": (failures.NOT_UNDERSTOOD, {"player": "<html>"}),
    "player lacks status": (failures.NOT_UNDERSTOOD, {"player": {"other": 1}}),
    "500": (failures.BUSY, {"status": (500, 200, 200)}),
    "read timeout": (failures.BUSY, {"error": requests.exceptions.ReadTimeout("timed out")}),
    "reset": (failures.BUSY, {"error": requests.exceptions.ConnectionError("reset by peer")}),
    "no name": (
        failures.NETWORK,
        {"error": requests.exceptions.ConnectionError("Failed to resolve 'www.youtube.com'")},
    ),
    "refused": (
        failures.NETWORK,
        {"error": requests.exceptions.ConnectionError("[Errno 111] Connection refused")},
    ),
    "proxy": (failures.PROXY, {"error": requests.exceptions.ProxyError("407 auth required")}),
    "certificate": (failures.CERTIFICATE, {"error": requests.exceptions.SSLError("self signed")}),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_answer_has_its_cause_and_cure(name):
    failure, recorded = ANSWERS[name]
    with pytest.raises(FetchError) as caught:
        client(**recorded).fetch_captions(VIDEO, "en")
    assert caught.value.failure == failure
    assert failure.cause.endswith(".")
    assert failure.cure


def test_missing_language_names_those_that_there_are():
    tracks = player(("de", "manual"), ("ja", "automatic"))
    with pytest.raises(FetchError, match="only in de, ja") as caught:
        client(player=tracks).fetch_captions(VIDEO, "en")
    assert "--lang de" in caught.value.failure.cure


def test_unplayable_quotes_youtube():
    answer = said("UNPLAYABLE", "This planet has no signal")
    with pytest.raises(FetchError, match="cannot be played: This planet has no signal"):
        client(player=answer).fetch_captions(VIDEO, "en")


def test_every_exception_of_youtube_transcript_api_is_explained():
    base = youtube_transcript_api.CouldNotRetrieveTranscript
    unused = {"CouldNotRetrieveTranscript", "NotTranslatable", "TranslationLanguageNotAvailable"}
    special = {"NoTranscriptFound", "VideoUnplayable", "YouTubeRequestFailed"}  # need an answer
    for name in set(youtube_transcript_api.__all__) - unused - special:
        kind = getattr(youtube_transcript_api, name)
        if isinstance(kind, type) and issubclass(kind, base):
            assert any(issubclass(kind, one) for one, _ in failures.EXCEPTIONS), name


# yt-dlp, by its messages and through its own requests.


@pytest.mark.parametrize(
    ("message", "failure"),
    [
        ("Sign in to confirm you’re not a bot. Use --cookies", failures.SIGN_IN),
        ("HTTP Error 429: Too Many Requests", failures.RATE_LIMITED),
        ("The current session has been rate-limited by YouTube", failures.RATE_LIMITED),
        ("HTTP Error 403: Forbidden", failures.BLOCKED),
        ("Sign in to confirm your age. This video may be", failures.AGE),
        ("Private video. Sign in if you've been granted access", failures.PRIVATE),
        ("Join this channel to get access to members-only content", failures.PRIVATE),
        ("Video unavailable. This video has been removed by the uploader", failures.GONE),
        ("The uploader has not made this video available in your country", failures.REGION),
        ("Premieres in 3 hours", failures.NOT_YET),
        ("This live event will begin in 2 days.", failures.NOT_YET),
        ("YouTube said: The playlist does not exist.", failures.PLAYLIST_GONE),
        ("YouTube said: This playlist is private.", failures.PLAYLIST_PRIVATE),
        ("YouTube said: This playlist type is unviewable.", failures.PLAYLIST_PRIVATE),
        ("Incomplete data received", failures.TORN),
        ("HTTP Error 503: Service Unavailable", failures.BUSY),
        ("Read timed out.", failures.BUSY),
        ("[Errno -2] Name or service not known", failures.NETWORK),
        ("Unable to connect to proxy", failures.PROXY),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed", failures.CERTIFICATE),
        ("subtitles require a PO Token which was not provided", failures.PO_TOKEN),
        ("Failed to extract any player response", failures.NOT_UNDERSTOOD),
    ],
)
def test_messages_of_ytdlp(message, failure):
    assert failures.explain_message(message) == failure


@pytest.fixture
def fake(tmp_path, monkeypatch):
    with serve([Talk(VIDEO, "Scaling", tracks=(("en", "asr"),))], tmp_path) as youtube:
        for name, value in youtube.environment.items():
            monkeypatch.setenv(name, value)
        yield youtube


def test_ytdlp_gives_playlist_details_and_captions(fake):
    fake.talks[VIDEO].chapters = ((0, "One"), (60, "Two"), (120, "Three"))
    ytdlp = YtDlpClient(fake.address)
    assert ytdlp.fetch_playlist(PLAYLIST) == [Details(VIDEO, "Scaling", 600.0)]
    details = ytdlp.fetch_details(VIDEO)
    assert details.upload_date == "2022-07-20"
    assert details.chapters == ((0.0, "One"), (60.0, "Two"), (120.0, "Three"))
    captions = ytdlp.fetch_captions(VIDEO, "en")
    assert (captions.kind, captions.language) == ("automatic", "en")
    assert parse_captions(captions.data).cues[0].start == 2.0


def test_cookies_are_sent_and_their_file_is_left_alone(fake, tmp_path):
    path = tmp_path / "cookies.txt"
    path.write_text("# Netscape HTTP Cookie File\n.youtube.com\tTRUE\t/\tTRUE\t0\tA\tb\n")
    before = path.read_bytes(), path.stat().st_mtime_ns
    YtDlpClient(fake.address, read_cookies(path)).fetch_playlist(PLAYLIST)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert "A=b" in " ".join(fake.cookies)
    path.write_text('[{"name": "A"}]')
    with pytest.raises(Cs25SearchError, match="Netscape"):
        read_cookies(path)


def test_waits_grow_and_scatter(fake, monkeypatch):
    waits = []
    monkeypatch.setattr("time.sleep", waits.append)
    fake.status = 503
    fetcher = Fetcher(TranscriptClient(fake.address), YtDlpClient(fake.address), 8.0, print)
    with pytest.raises(FetchError):
        fetcher.fetch_playlist(PLAYLIST)
    assert len(waits) == 2
    assert 8 <= waits[0] <= 16 <= waits[1] <= 24
