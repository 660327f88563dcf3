"""ingest/youtube: links, and the cause for each failure of the real clients."""

import json
import socket
from pathlib import Path

import pytest
import requests
import youtube_transcript_api
from fake_youtube import BOT, GONE, Talk, serve
from requests.adapters import BaseAdapter

from cs25search.errors import Cs25SearchError, LinkError
from ingest.captions.files import Origin, RawTrack
from ingest.captions.parse import parse_captions
from ingest.languages import parse_languages, same_language
from ingest.youtube import failures
from ingest.youtube.cookies import read_cookies
from ingest.youtube.details import Details
from ingest.youtube.failures import FetchError
from ingest.youtube.fetch import GIVE_UP_AFTER, Fetcher
from ingest.youtube.limits import read_network
from ingest.youtube.links import parse_playlist_id, parse_video_id
from ingest.youtube.pull import list_videos, plan
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
        f"https://www.youtube.com/embed/videoseries?list={PLAYLIST}",
        f"https://www.youtube-nocookie.com/embed/videoseries?si=x&list={PLAYLIST}",
    ],
)
def test_playlist_links(link):
    assert parse_playlist_id(link) == PLAYLIST


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("https://www.youtube.com/@stanfordonline", "@stanfordonline"),
        ("https://www.youtube.com/@stanfordonline/videos", "@stanfordonline"),
        ("@stanfordonline", "@stanfordonline"),
        (f"https://www.youtube.com/channel/UC{'x' * 22}", f"UU{'x' * 22}"),
        (f"UC{'x' * 22}", f"UU{'x' * 22}"),
        ("https://m.youtube.com/c/StanfordOnline/featured", "c/StanfordOnline"),
        ("https://www.youtube.com/user/stanford", "user/stanford"),
    ],
)
def test_channel_links(link, found):
    assert parse_playlist_id(link) == found


@pytest.mark.parametrize(
    "link", ["https://www.youtube.com/feed/history", "@a", "c/../x", "https://youtu.be/@name"]
)
def test_what_is_no_channel(link):
    with pytest.raises(LinkError):
        parse_playlist_id(link)


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
        assert "Give its id or link" in str(caught.value)


# youtube-transcript-api, driven through its own session.


class Recorded(BaseAdapter):
    """Serves a recorded answer to each of the three requests for a video."""

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
        """Do nothing, because nothing is open."""


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
    captions = client(player=tracks, captions=XML).fetch_captions(VIDEO, ["en"])
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
        client(**recorded).fetch_captions(VIDEO, ["en"])
    assert caught.value.failure == failure
    assert failure.cause.endswith(".")
    assert failure.cure


def test_missing_language_names_those_that_there_are():
    tracks = player(("de", "manual"), ("ja", "automatic"))
    with pytest.raises(FetchError, match="only in de, ja") as caught:
        client(player=tracks).fetch_captions(VIDEO, ["en"])
    assert "--lang de" in caught.value.failure.cure


def test_cure_for_a_named_track_is_one_that_lang_accepts():
    with pytest.raises(FetchError, match="only in fr") as caught:
        client(player=player(("fr-j3PyPqV-e1s", "manual"))).fetch_captions(VIDEO, ["en"])
    wanted = caught.value.failure.cure.split("--lang ")[1].split(",")[0]
    assert same_language("fr-j3PyPqV-e1s", parse_languages(wanted)[0])


def screen(subreason, reason=""):
    """Return the screen that YouTube shows in place of a video."""
    message = {"reason": {"simpleText": reason}, "subreason": subreason}
    return {"errorScreen": {"playerErrorMessageRenderer": message}}


def in_pieces(*texts):
    return {"runs": [{"text": text} for text in texts]}


# Status, reason and screen as public recordings of YouTube's answers have them.
STATES = {
    "rate limit told in one piece": (
        failures.RATE_LIMITED,
        {"status": "UNPLAYABLE", "reason": "Video unavailable"}
        | screen({"simpleText": "This content isn’t available, try again later."}),
    ),
    "rate limit told in pieces": (
        failures.RATE_LIMITED,
        {"status": "ERROR", "reason": "This video is unavailable"}
        | screen(in_pieces("This content isn’t available, ", "try again later.")),
    ),
    "app outdated": (
        failures.OUTDATED,
        {"status": "ERROR", "reason": "This video is unavailable"}
        | screen(in_pieces("Watch on the latest version of YouTube.")),
    ),
    "app outdated, told as the reason": (
        failures.OUTDATED,
        {"status": "UNPLAYABLE", "reason": "The following content is not available on this app."},
    ),
    "Music Premium": (
        failures.MUSIC_PREMIUM,
        {"status": "UNPLAYABLE", "reason": "This video is only available to Music Premium members"},
    ),
    "payment": (
        failures.PAYMENT,
        {"status": "UNPLAYABLE", "reason": "This video requires payment to watch."},
    ),
    "members": (
        failures.MEMBERS,
        {
            "status": "UNPLAYABLE",
            "reason": "This video is available to this channel's members on level: Friends "
            "(or any higher priced level).",
        },
    ),
    "private": (
        failures.PRIVATE,
        {
            "status": "LOGIN_REQUIRED",
            "reason": "This video is private",
            "messages": ["This is a private video. Please sign in to verify that you may see it."],
        },
    ),
    "country": (
        failures.REGION,
        {"status": "UNPLAYABLE", "reason": "Video unavailable"}
        | screen({"simpleText": "The uploader has not made this video available in your country"}),
    ),
    "age by a screen to confirm": (
        failures.AGE,
        {"status": "LOGIN_REQUIRED", "reason": "Sign in to confirm your age"}
        | screen(in_pieces("This video may be inappropriate for some users.")),
    ),
    "age in another language": (
        failures.AGE,
        {"status": "AGE_VERIFICATION_REQUIRED", "reason": "年齢を確認してください"},
    ),
    "content warning": (
        failures.CONTENT_WARNING,
        {"status": "CONTENT_CHECK_REQUIRED"}
        | screen(
            in_pieces("Viewer discretion is advised."),
            "The following content has been identified by the YouTube community as "
            "inappropriate or offensive to some audiences.",
        ),
    ),
    "content warning in another language": (
        failures.CONTENT_WARNING,
        {"status": "CONTENT_CHECK_REQUIRED"} | screen(in_pieces("視聴には注意が必要です。")),
    ),
    "Workspace": (
        failures.WORKSPACE,
        {"status": "UNPLAYABLE", "reason": "Video unavailable"}
        | screen(
            in_pieces(
                "This video is restricted. Please check the Google Workspace administrator "
                "and/or the network administrator restrictions."
            )
        ),
    ),
    "Restricted Mode": (
        failures.WORKSPACE,
        {
            "status": "UNPLAYABLE",
            "reason": "This video is unavailable with Restricted Mode enabled.",
        },
    ),
    "an error that may pass": (
        failures.BUSY,
        {"status": "ERROR", "reason": "An error occurred. Please try again later."},
    ),
    "no such video": (
        failures.GONE,
        {"status": "ERROR", "reason": "This video does not exist."},
    ),
    "premiere": (
        failures.NOT_YET,
        {"status": "LIVE_STREAM_OFFLINE", "reason": "Premieres in 2 days"},
    ),
    "stream to come": (
        failures.NOT_YET,
        {"status": "LIVE_STREAM_OFFLINE", "reason": "This live event will begin in 12 minutes."},
    ),
    "stream without a recording": (
        failures.GONE,
        {"status": "UNPLAYABLE", "reason": "This live stream recording is not available."},
    ),
    "still processing": (
        failures.PROCESSING,
        {"status": "UNPLAYABLE", "reason": "We're processing this video. Check back later."},
    ),
    "account closed": (
        failures.GONE,
        {
            "status": "ERROR",
            "reason": "This video is no longer available because the YouTube account associated "
            "with this video has been terminated.",
        },
    ),
}


@pytest.mark.parametrize("name", STATES)
def test_each_state_of_a_video_has_its_cause(name):
    failure, status = STATES[name]
    with pytest.raises(FetchError) as caught:
        client(player={"playabilityStatus": status}).fetch_captions(VIDEO, ["en"])
    assert caught.value.failure == failure


# yt-dlp passes on the reason and not the status; it asks for reasons in English.
@pytest.mark.parametrize("name", [name for name in STATES if "another language" not in name])
def test_each_state_of_a_video_has_its_cause_through_ytdlp_too(fake, name):
    failure, status = STATES[name]
    fake.talks[VIDEO].playability = status
    with pytest.raises(FetchError) as caught:
        YtDlpClient(read_network(fake.address)).fetch_captions(VIDEO, ["en"])
    assert caught.value.failure == failure


def test_every_cause_and_cure_is_documented():
    text = (Path(__file__).parents[1] / "docs" / "youtube.md").read_text("utf-8")
    for failure in vars(failures).values():
        if isinstance(failure, failures.Failure):
            assert f"| {failure.cause} | {failure.cure} |" in text


@pytest.mark.parametrize(
    ("details", "failure"), [({"isLive": True}, failures.LIVE), ({}, failures.DISABLED)]
)
def test_playable_video_without_captions(details, failure):
    answer = {"playabilityStatus": {"status": "OK"}, "videoDetails": details}
    with pytest.raises(FetchError) as caught:
        client(player=answer).fetch_captions(VIDEO, ["en"])
    assert caught.value.failure == failure


def test_languages_are_an_order_and_original_is_what_is_spoken():
    tracks = player(("en", "manual"), ("ja", "automatic"))
    for wanted, got in (
        ("ja,en", ("automatic", "ja")),
        ("de,en", ("manual", "en")),
        ("original", ("automatic", "ja")),
    ):
        languages = parse_languages(wanted)
        captions = client(player=tracks, captions=XML).fetch_captions(VIDEO, languages)
        assert (captions.kind, captions.language) == got, wanted


def test_captions_of_a_dubbed_soundtrack_are_marked_and_not_original():
    tracks = player(("de", "automatic"), ("en", "automatic"))
    listed = tracks["captions"]["playerCaptionsTracklistRenderer"]
    listed["audioTracks"] = [{"captionTrackIndices": [0]}, {"captionTrackIndices": [1]}]
    listed["defaultAudioTrackIndex"] = 1
    dubbed = client(player=tracks, captions=XML).fetch_captions(VIDEO, ["de"])
    assert (dubbed.kind, dubbed.language) == ("dubbed", "de")
    spoken = client(player=tracks, captions=XML).fetch_captions(VIDEO, ["original"])
    assert (spoken.kind, spoken.language) == ("automatic", "en")


def test_ytdlp_does_not_guess_which_of_two_soundtracks_is_the_original(fake):
    talk = fake.talks[VIDEO]
    talk.tracks, talk.translations = (("de", "asr"), ("en", "asr")), ("de", "en")
    with pytest.raises(FetchError, match="only in"):
        YtDlpClient(read_network(fake.address)).fetch_captions(VIDEO, ["original"])


@pytest.mark.parametrize("text", ["", "../en", "en,", "en;ja", "auto-generated"])
def test_what_is_no_language(text):
    with pytest.raises(Cs25SearchError, match="not a language code"):
        parse_languages(text)


def test_unplayable_quotes_youtube():
    answer = said("UNPLAYABLE", "This planet has no signal")
    with pytest.raises(FetchError, match="cannot be played: This planet has no signal"):
        client(player=answer).fetch_captions(VIDEO, ["en"])


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
        ("Join this channel to get access to members-only content", failures.MEMBERS),
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
    ytdlp = YtDlpClient(read_network(fake.address))
    assert ytdlp.fetch_playlist(PLAYLIST).videos == (Details(VIDEO, "Scaling", 600.0),)
    details = ytdlp.fetch_details(VIDEO)
    assert details.upload_date == "2022-07-20"
    assert details.chapters == ((0.0, "One"), (60.0, "Two"), (120.0, "Three"))
    captions = ytdlp.fetch_captions(VIDEO, ["en"])
    assert (captions.kind, captions.language) == ("automatic", "en")
    assert parse_captions(captions.data).cues[0].start == 2.0


def fetched(fake, wanted="en"):
    """Return the captions of the one video as an ingest fetches them, with both clients."""
    fetcher = Fetcher(
        TranscriptClient(read_network(fake.address)),
        YtDlpClient(read_network(fake.address)),
        0.0,
        print,
    )
    return fetcher.fetch(Details(VIDEO), parse_languages(wanted)).origin


def test_gated_manual_captions_give_way_to_free_automatic_ones(fake):
    fake.talks[VIDEO].tracks = (("en", "manual"), ("en", "asr"))
    fake.talks[VIDEO].gated = (".en",)
    origin = fetched(fake)
    assert (origin.kind, origin.language) == ("automatic", "en")


def test_captions_that_are_all_gated_are_not_called_missing(fake):
    fake.talks[VIDEO].tracks = (("en", "manual"), ("en", "asr"))
    fake.talks[VIDEO].gated = (".en", "a.en")
    with pytest.raises(FetchError) as caught:
        fetched(fake)
    assert caught.value.failure == failures.PO_TOKEN
    with pytest.raises(FetchError) as caught:
        YtDlpClient(read_network(fake.address)).fetch_captions(VIDEO, ["en"])
    assert caught.value.failure == failures.PO_TOKEN


def test_manual_captions_hidden_from_one_client_are_sought_through_the_other(fake):
    fake.talks[VIDEO].tracks = (("en", "manual"), ("en", "asr"))
    fake.talks[VIDEO].hidden = (".en",)
    origin = fetched(fake)
    assert (origin.kind, origin.client) == ("manual", "yt-dlp")


def test_captions_that_one_client_is_not_shown_are_not_disabled(fake):
    fake.talks[VIDEO].tracks = (("en", "manual"),)
    fake.talks[VIDEO].hidden = (".en",)
    assert fetched(fake).client == "yt-dlp"


def test_two_languages_in_one_order(fake):
    for tracks, language in (((("ja", "asr"),), "ja"), ((("en", "manual"),), "en")):
        fake.talks[VIDEO].tracks = tracks
        assert fetched(fake, "ja,en").language == language


def failing(failure):
    class Client:
        name = failure.cause

        def fetch_captions(self, *_):
            raise FetchError(failure)

        fetch_details = fetch_captions

    return Client()


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (failures.AGE, failures.DISABLED, failures.AGE),
        (failures.MEMBERS, failures.GONE, failures.MEMBERS),
        (failures.GONE, failures.REGION, failures.REGION),
        (failures.OUTDATED, failures.DISABLED, failures.OUTDATED),
        (failures.SIGN_IN, failures.PRIVATE, failures.PRIVATE),
        (failures.NOT_UNDERSTOOD, failures.DISABLED, failures.DISABLED),
        (failures.PO_TOKEN, failures.DISABLED, failures.PO_TOKEN),
    ],
)
def test_the_truer_cause_of_two_clients_is_told(monkeypatch, first, second, told):
    monkeypatch.setattr("time.sleep", lambda _: None)
    fetcher = Fetcher(failing(first), failing(second), 0.0, lambda _: None)
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(Details(VIDEO), ["en"])
    assert caught.value.failure == told


def test_sound_is_not_asked_of_a_youtube_that_blocks(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    asked = []

    class Blocked:
        name = "blocked"

        def find_audio(self, video_id):
            asked.append(video_id)
            raise FetchError(failures.SIGN_IN)

    fetcher = Fetcher(failing(failures.SIGN_IN), Blocked(), 0.0, lambda _: None)
    for _ in range(5):
        with pytest.raises(FetchError):
            fetcher.find_audio(Details(VIDEO))
    assert len(asked) == GIVE_UP_AFTER


def test_cookies_are_sent_and_their_file_is_left_alone(fake, tmp_path):
    path = tmp_path / "cookies.txt"
    path.write_text("# Netscape HTTP Cookie File\n.youtube.com\tTRUE\t/\tTRUE\t0\tA\tb\n")
    before = path.read_bytes(), path.stat().st_mtime_ns
    YtDlpClient(read_network(fake.address), read_cookies(path)).fetch_playlist(PLAYLIST)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert "A=b" in " ".join(fake.cookies)
    path.write_text('[{"name": "A"}]')
    with pytest.raises(Cs25SearchError, match="Netscape"):
        read_cookies(path)


def talks(number):
    return {f"aaaaaaaa{n:03}": Talk(f"aaaaaaaa{n:03}", f"Talk {n}") for n in range(number)}


def listed(fake, limit=None):
    fetcher = Fetcher(
        TranscriptClient(read_network(fake.address)),
        YtDlpClient(read_network(fake.address)),
        0.0,
        print,
    )
    return list_videos(fetcher, [PLAYLIST], [], limit, {})


def test_all_pages_of_a_list_are_read(fake):
    fake.talks, fake.page, fake.count = talks(7), 3, 7
    asked = listed(fake)
    assert [video.video_id for video in asked.videos] == list(fake.talks)
    assert asked.failed_lists == {}


def test_truncated_list_is_told_and_what_came_is_kept(fake):
    fake.talks, fake.count = talks(4), 8
    asked = listed(fake)
    assert len(asked.videos) == 4
    assert "gave 4 of 8 entries" in asked.failed_lists[PLAYLIST].failure.cause


def test_missing_late_page_costs_no_more_than_itself(fake, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    fake.talks, fake.page, fake.pages, fake.count = talks(7), 3, 2, 7
    asked = listed(fake)
    assert len(asked.videos) == 6
    assert "gave 6 of 7 entries" in asked.failed_lists[PLAYLIST].failure.cause


def test_limit_asks_for_no_page_beyond_it(fake):
    fake.talks, fake.page, fake.pages, fake.count = talks(7), 3, 1, 7
    asked = listed(fake, limit=3)
    assert len(asked.videos) == 3
    assert asked.failed_lists == {}


def test_private_and_deleted_entries_are_listed_and_not_asked_for(fake):
    fake.talks["aaaaaaaaaa1"] = Talk("aaaaaaaaaa1", "[Private video]", 0)
    fake.talks["aaaaaaaaaa2"] = Talk("aaaaaaaaaa2", "[Deleted video]", 0)
    fake.count = 3
    asked = listed(fake)
    assert [video.video_id for video in asked.videos] == [VIDEO]
    assert asked.hidden == ("aaaaaaaaaa1", "aaaaaaaaaa2")
    assert asked.failed_lists == {}


def test_videos_of_a_channel(fake):
    fake.channel = "@lecturer"
    listing = YtDlpClient(read_network(fake.address)).fetch_playlist("@lecturer")
    assert [video.video_id for video in listing.videos] == [VIDEO]


def test_waits_grow_and_scatter(fake, monkeypatch):
    waits = []
    monkeypatch.setattr("time.sleep", waits.append)
    fake.status = 503
    fetcher = Fetcher(
        TranscriptClient(read_network(fake.address)),
        YtDlpClient(read_network(fake.address)),
        8.0,
        print,
    )
    with pytest.raises(FetchError):
        fetcher.fetch_playlist(PLAYLIST)
    assert len(waits) == 2
    assert 8 <= waits[0] <= 16 <= waits[1] <= 24


def test_captions_are_fetched_again_only_when_the_languages_wanted_may_have_better():
    def track(language, wanted):
        return RawTrack(Origin(VIDEO, "manual", f"{VIDEO}.en.json3", language, wanted=wanted), b"")

    for kept, wanted, step in (
        (track("en", "en"), "en", "cached"),
        (track("en", "en"), "ja,en", "fetch"),
        (track("en", "ja,en"), "ja,en", "cached"),
        (track("ja", "ja"), "ja,en", "cached"),
        (track("en", "en"), "original", "fetch"),
        (track("en", "original"), "original", "cached"),
    ):
        steps = plan([Details(VIDEO)], {VIDEO: kept}, parse_languages(wanted), refresh=False)
        assert steps == {VIDEO: step}, (kept.origin.wanted, wanted)
