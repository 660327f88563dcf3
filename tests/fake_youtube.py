"""A fake YouTube for tests: an HTTPS proxy that answers in its place and in its format.

The real clients reach it through their real network code: they are given its address as a
proxy, and its certificate through REQUESTS_CA_BUNDLE and SSL_CERT_FILE.
"""

import contextlib
import http.server
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import trustme

BOT = {"status": "LOGIN_REQUIRED", "reason": "Sign in to confirm you’re not a bot"}
AGE = {"status": "LOGIN_REQUIRED", "reason": "This video may be inappropriate for some users."}
GONE = {"status": "ERROR", "reason": "This video is unavailable"}
PRIVATE = {"status": "LOGIN_REQUIRED", "reason": "This is a private video. Please sign in"}
UNPLAYABLE = {"status": "UNPLAYABLE", "reason": "Join this channel to get access to members-only"}
SOUND = "https://rr1---sn-fake.googlevideo.com"
WATCH_PAGE = {"contents": {"twoColumnWatchNextResults": {"results": {"results": {}}}}}
EMBEDDED = {
    "INNERTUBE_API_KEY": "AIzaFake",
    "INNERTUBE_CONTEXT": {"client": {"clientName": "WEB_EMBEDDED_PLAYER", "clientVersion": "1.0"}},
}
NOT_HERE = {
    "status": "UNPLAYABLE",
    "reason": "Video unavailable",
    "errorScreen": {
        "playerErrorMessageRenderer": {
            "subreason": {
                "runs": [{"text": "The uploader has not made this video available in your country"}]
            }
        }
    },
}


@dataclass
class Talk:
    """A video and what happens to requests for it.

    `playability` is what the player answers instead of OK. `tracks` are (language, kind) pairs.
    `broken` names the client that gets no captions: "" none, "snippets" youtube-transcript-api.
    """

    video_id: str
    title: str
    seconds: int = 600
    playability: dict | None = None
    tracks: tuple[tuple[str, str], ...] = (("en", "manual"),)
    said: str = ""
    broken: str = ""
    fails_first: int = 0  # so many answers with HTTP 500
    chapters: tuple[tuple[int, str], ...] = ()
    gated: tuple[str, ...] = ()  # tracks for browsers only, as ".en" or "a.en"
    hidden: tuple[str, ...] = ()  # tracks that youtube-transcript-api's client is not shown
    spoken: str = ""  # automatic tracks in other languages belong to dubbed soundtracks
    translations: tuple[str, ...] = ()  # languages that YouTube offers to translate captions into
    audio: bytes = b""  # an audio file
    details: dict = field(default_factory=dict)  # added to the player's videoDetails


@dataclass
class FakeYoutube:
    """The videos of the fake, and the requests it received."""

    talks: dict[str, Talk]
    playlist_title: str = "Lectures"
    playlist_alert: str = ""
    page: int = 1000  # entries of a list in one answer
    pages: int = 1000  # what comes after so many pages is never given
    count: int = 0  # entries that a list claims to have
    channel: str = ""  # whose videos they are, as @name
    status: int = 200  # of every answer
    slow: float = 0.0  # seconds for each answer
    # Called with the open connection, path, video and the right answer; True if it has replied.
    misbehave: Callable[[Any, str, str, bytes], bool] = lambda *_: False
    asked: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    address: str = ""
    certificate: Path = Path()

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that make the clients trust the fake."""
        return dict.fromkeys(("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"), str(self.certificate))

    def asked_videos(self) -> set[str]:
        """Return the videos that were requested."""
        return {one.split(" ")[1] for one in self.asked if one.split(" ")[1] in self.talks}

    def answer(self, path: str, body: bytes) -> tuple[int, str]:
        """Return status and body for a request."""
        parts = urlsplit(path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        sent = json.loads(body) if body.startswith(b"{") else {}
        video_id = query.get("v") or sent.get("videoId") or ""
        self.asked.append(f"{parts.path} {video_id or query.get('list', '-')}")
        if self.status != 200:
            return self.status, "no"
        talk = self.talks.get(video_id)
        if talk and talk.fails_first > 0:
            talk.fails_first -= 1
            return 500, "try again"
        if parts.path == "/playlist":
            return 200, _initial(self._playlist(query["list"]))
        if parts.path == f"/{self.channel}/videos":
            return 200, _initial(self._channel())
        if "continuation" in sent:
            return 200, json.dumps(self._more(int(sent["continuation"])))
        if parts.path == "/youtubei/v1/browse":  # the list again, unavailable videos included
            return 200, json.dumps(self._playlist(sent["browseId"].removeprefix("VL")))
        if parts.path == "/watch" and talk:
            return 200, _page(talk)
        if parts.path.startswith("/embed/"):  # where yt-dlp tries age-restricted videos
            return 200, f"<html><script>ytcfg.set({json.dumps(EMBEDDED)});</script></html>"
        if parts.path == "/youtubei/v1/player":
            client = sent["context"]["client"]["clientName"]
            return 200, json.dumps(_player(talk, video_id, client))
        if parts.path == "/youtubei/v1/next":
            return 200, json.dumps(WATCH_PAGE)
        if parts.path == "/api/timedtext" and talk:
            if talk.broken == "snippets" and "fmt" not in query:
                return 200, ""
            return 200, _json3(talk) if query.get("fmt") == "json3" else _xml(talk)
        return 404, "nothing here"

    def _playlist(self, playlist_id: str) -> dict:
        if self.playlist_alert:
            text = {"runs": [{"text": self.playlist_alert}]}
            return {"alerts": [{"alertRenderer": {"type": "ERROR", "text": text}}]}
        videos = self._entries(0)
        listing = {"playlistVideoListRenderer": {"contents": videos, "playlistId": playlist_id}}
        section = {"itemSectionRenderer": {"contents": [listing]}}
        content = {"sectionListRenderer": {"contents": [section]}}
        tab = {"tabRenderer": {"selected": True, "content": content}}
        return {
            "contents": {"twoColumnBrowseResultsRenderer": {"tabs": [tab]}},
            "metadata": {"playlistMetadataRenderer": {"title": self.playlist_title}},
            "header": {"playlistHeaderRenderer": {"stats": self._stats()}},
        }

    def _stats(self) -> list[dict]:
        return [{"runs": [{"text": f"{self.count}"}, {"text": " videos"}]}] if self.count else []

    def _entries(self, first: int) -> list[dict]:
        """Return a page of the list, and the token for the next one."""
        talks = list(self.talks.values())
        entries: list[dict] = [
            {
                "playlistVideoRenderer": {
                    "videoId": talk.video_id,
                    "title": {"runs": [{"text": talk.title}]},
                    **({"lengthSeconds": str(talk.seconds)} if talk.seconds else {}),
                }
            }
            for talk in talks[first : first + self.page]
        ]
        if first + self.page < len(talks):
            command = {"continuationCommand": {"token": str(first + self.page)}}
            entries.append({"continuationItemRenderer": {"continuationEndpoint": command}})
        return entries

    def _more(self, first: int) -> dict:
        if first >= self.pages * self.page:
            return {"responseContext": {}}
        items = {"continuationItems": self._entries(first)}
        return {"onResponseReceivedActions": [{"appendContinuationItemsAction": items}]}

    def _channel(self) -> dict:
        videos = [
            {
                "richItemRenderer": {
                    "content": {
                        "videoRenderer": {
                            "videoId": talk.video_id,
                            "title": {"runs": [{"text": talk.title}]},
                        }
                    }
                }
            }
            for talk in self.talks.values()
        ]
        address = {"commandMetadata": {"webCommandMetadata": {"url": f"/{self.channel}/videos"}}}
        tab = {
            "title": "Videos",
            "selected": True,
            "endpoint": address,
            "content": {"richGridRenderer": {"contents": videos}},
        }
        return {
            "contents": {"twoColumnBrowseResultsRenderer": {"tabs": [{"tabRenderer": tab}]}},
            "metadata": {"channelMetadataRenderer": {"title": "Lecturer"}},
        }


def _initial(data: dict) -> str:
    return f"<html><script>var ytInitialData = {json.dumps(data)};</script></html>"


def _page(talk: Talk) -> str:
    """Return a watch page; chapters are in the description, as most lecturers write them."""
    about = "".join(f"\n{s // 60}:{s % 60:02} {title}" for s, title in talk.chapters)
    details = {
        "videoId": talk.video_id,
        "title": talk.title,
        "lengthSeconds": str(talk.seconds),
        "shortDescription": f"A talk.{about}\n",
    }
    date = {"playerMicroformatRenderer": {"uploadDate": "2022-07-20"}}
    player = {"videoDetails": details, "microformat": date, "playabilityStatus": {"status": "OK"}}
    return (
        '<html><script>ytcfg.set({"INNERTUBE_API_KEY": "AIzaFake"});</script>'
        f"<script>var ytInitialPlayerResponse = {json.dumps(player)};</script>"
        f"<script>var ytInitialData = {json.dumps(WATCH_PAGE)};</script></html>"
    )


def _player(talk: Talk | None, video_id: str, client: str) -> dict:
    if talk is None or talk.playability:
        status = talk.playability if talk else GONE
        return {"playabilityStatus": status, "videoDetails": {"videoId": video_id}}
    names = [f"{'a' if kind == 'asr' else ''}.{language}" for language, kind in talk.tracks]
    tracks = [
        {
            "baseUrl": f"https://www.youtube.com/api/timedtext?v={video_id}&lang={language}"
            + ("&kind=asr" if kind == "asr" else "")
            + ("&exp=xpe" if name in talk.gated else ""),
            "name": {"runs": [{"text": language}]},
            "vssId": name,
            "languageCode": language,
            "isTranslatable": True,
            **({"kind": "asr"} if kind == "asr" else {}),
        }
        for name, (language, kind) in zip(names, talk.tracks, strict=True)
        if not (client == "ANDROID" and name in talk.hidden)
    ]
    answer = {
        "playabilityStatus": {"status": "OK"},
        "videoDetails": {
            "videoId": video_id,
            "title": talk.title,
            "lengthSeconds": str(talk.seconds),
            **talk.details,
        },
        "streamingData": {"expiresInSeconds": "1", "adaptiveFormats": _sounds(talk)},
    }
    if tracks:
        listed: dict[str, Any] = {
            "captionTracks": tracks,
            "translationLanguages": [
                {"languageCode": code, "languageName": {"runs": [{"text": code}]}}
                for code in talk.translations
            ],
        }
        if talk.spoken:
            listed["audioTracks"] = [{"captionTrackIndices": [n]} for n in range(len(tracks))]
            listed["defaultAudioTrackIndex"] = [x["languageCode"] for x in tracks].index(
                talk.spoken
            )
        answer["captions"] = {"playerCaptionsTracklistRenderer": listed}
    return answer


def _sounds(talk: Talk) -> list[dict]:
    return [
        {
            "itag": 139,
            "url": f"{SOUND}/videoplayback?v={talk.video_id}",
            "mimeType": 'audio/mp4; codecs="mp4a.40.5"',
            "bitrate": 48000,
            "contentLength": str(len(talk.audio)),
            "audioQuality": "AUDIO_QUALITY_LOW",
        }
    ] * bool(talk.audio)


def sentences(talk: Talk) -> list[tuple[int, str]]:
    """Return the speech of a talk: second and words."""
    words = talk.said or f"This is about {talk.title} and the number {talk.video_id[:4]}."
    return [(2, words), (100, "Here is the middle of it."), (300, "That is all. Questions?")]


def _xml(talk: Talk) -> str:
    texts = "".join(f'<text start="{s}" dur="4">{words}</text>' for s, words in sentences(talk))
    return f'<?xml version="1.0" encoding="utf-8" ?><transcript>{texts}</transcript>'


def _json3(talk: Talk) -> str:
    events = [
        {"tStartMs": s * 1000, "dDurationMs": 4000, "segs": [{"utf8": words}]}
        for s, words in sentences(talk)
    ]
    return json.dumps({"events": events})


@contextmanager
def serve(talks: list[Talk], folder: Path) -> Iterator[FakeYoutube]:
    """Run the fake until the block ends."""
    fake = FakeYoutube({talk.video_id: talk for talk in talks})
    authority = trustme.CA()
    fake.certificate = folder / "authority.pem"
    authority.cert_pem.write_to_path(fake.certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("www.youtube.com", "*.googlevideo.com").configure_cert(context)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_CONNECT(self) -> None:
            fake.hosts.append(self.path)
            if self.path not in ("www.youtube.com:443", f"{urlsplit(SOUND).hostname}:443"):
                self.send_error(502)
                return
            self.send_response(200)
            self.end_headers()
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb", buffering=0)
            self.close_connection = False  # http.client asks in HTTP/1.0

        def do_GET(self) -> None:
            self._reply(b"")

        def do_POST(self) -> None:
            self._reply(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def _reply(self, body: bytes) -> None:
            threading.Event().wait(fake.slow)
            fake.cookies.append(self.headers.get("Cookie", ""))
            if self.path.startswith("/videoplayback"):
                self._send_sound()
                return
            status, text = fake.answer(self.path, body)
            data = text.encode()
            with contextlib.suppress(OSError):  # the client has had enough
                self._send(status, data)

        def _send_sound(self) -> None:
            video_id = parse_qs(urlsplit(self.path).query)["v"][0]
            audio = fake.talks[video_id].audio
            start, end = map(int, self.headers["Range"].removeprefix("bytes=").split("-"))
            piece = audio[start : end + 1]
            fake.asked.append(f"/videoplayback {video_id} {start}")
            self.send_response(206 if piece else 416)
            self.send_header(
                "Content-Range", f"bytes {start}-{start + len(piece) - 1}/{len(audio)}"
            )
            self.send_header("Content-Length", str(len(piece)))
            self.end_headers()
            self.wfile.write(piece)

        def _send(self, status: int, data: bytes) -> None:
            video_id = fake.asked[-1].split(" ")[1]
            if fake.misbehave(self, urlsplit(self.path).path, video_id, data):
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *arguments: object) -> None:
            """Print nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield fake
    finally:
        server.shutdown()
