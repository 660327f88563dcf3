"""Parse links and ids of videos and playlists."""

import re
from urllib.parse import parse_qs

from cs25search.errors import LinkError
from cs25search.times import is_youtube_id

# Prefixes of lists that yt-dlp accepts, without endless mixes (RD) and personal lists.
PLAYLIST_ID = re.compile(r"(?:PL|EC|UU|FL|OLAK5uy_)[A-Za-z0-9_-]{10,62}")
CHANNEL_ID = re.compile(r"UC([A-Za-z0-9_-]{22})")
_NAME = re.compile(r"(?:c|user)/[A-Za-z0-9_-]{1,60}")
_TABS = ("videos", "streams", "featured", "playlists")
_HANDLE = re.compile(r"@[A-Za-z0-9_.-]{3,30}")
# User names, ports and escapes are not allowed, so no other part of a link can be mistaken for the
# host.
_LINK = re.compile(
    r"(?:https?://)?(?P<host>[a-z.-]+)(?P<path>/[A-Za-z0-9_/@.-]*)?"
    r"(?:\?(?P<query>[A-Za-z0-9_=&%.,+:@/-]*))?(?:#[!-~]*)?",
    re.I,
)
_HOSTS = {"youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com"}
_EMBED_HOSTS = {"www.youtube-nocookie.com", "youtube-nocookie.com"}


def parse_video_id(link: str) -> str:
    """Return the id in a video's URL, or the id itself.

    Raises:
        LinkError: It is neither.

    >>> parse_video_id("https://youtu.be/U8J32Z3qV8s?t=540")
    'U8J32Z3qV8s'
    """
    text = link.strip()
    found = text if is_youtube_id(text) else ""
    host, parts, query = _take_apart(text)
    if host == "youtu.be" and len(parts) == 1:
        found = parts[0]
    elif host in _HOSTS and parts == ["watch"]:
        found = query.get("v", "")
    elif host in _HOSTS | _EMBED_HOSTS and len(parts) == 2:
        named = parts[0] == "embed" or (host in _HOSTS and parts[0] in ("shorts", "live", "v"))
        found = parts[1] if named else ""
    if not is_youtube_id(found):
        raise LinkError(link, "video", "--video https://www.youtube.com/watch?v=ID")
    return found


def parse_playlist_id(link: str) -> str:
    """Return the id in the URL of a playlist or channel, or the id itself.

    A channel's id becomes the playlist of its uploads; a handle stays "@name", a custom channel URL
    "c/name" or "user/name".

    Raises:
        LinkError: It is neither, or an endless mix.

    >>> parse_playlist_id("https://www.youtube.com/watch?v=U8J32Z3qV8s&list=PLoROMvodv4rNiJRchCz")
    'PLoROMvodv4rNiJRchCz'
    >>> parse_playlist_id("https://www.youtube.com/channel/UCxxxxxxxxxxxxxxxxxxxxxx")
    'UUxxxxxxxxxxxxxxxxxxxxxx'
    """
    text = link.strip()
    host, parts, query = _take_apart(text)
    is_site = host in _HOSTS
    is_frame = host in _HOSTS | _EMBED_HOSTS and parts == ["embed", "videoseries"]
    is_page = (is_site and parts in (["playlist"], ["watch"])) or (host == "youtu.be" and parts)
    if is_frame or is_page:
        found = query.get("list", "")
    elif is_site and parts and (not parts[1:] or parts[1] in _TABS):
        found = parts[0]
    elif is_site and parts[1:] and (not parts[2:] or parts[2] in _TABS):
        found = parts[1] if parts[0] == "channel" else f"{parts[0]}/{parts[1]}"
    else:
        found = text
    if match := CHANNEL_ID.fullmatch(found):
        return f"UU{match[1]}"
    if not (PLAYLIST_ID.fullmatch(found) or _HANDLE.fullmatch(found) or _NAME.fullmatch(found)):
        example = "--playlist https://www.youtube.com/playlist?list=PL..."
        raise LinkError(link, "playlist or channel", example)
    return found


def _take_apart(text: str) -> tuple[str, list[str], dict[str, str]]:
    """Return host, path segments and query of a link; all empty for other texts."""
    match = _LINK.fullmatch(text)
    if not match:
        return "", [], {}
    query = parse_qs(match["query"] or "")
    parts = [part for part in (match["path"] or "").split("/") if part]
    return match["host"].lower(), parts, {key: values[0] for key, values in query.items()}
