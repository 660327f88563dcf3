"""Access checks for the app: host names, origins, and which visitors are local.

A page of another site can point its own name at 127.0.0.1 (DNS rebinding) or open our
websocket from the visitor's browser. Both are refused here, before Streamlit sees them: for a
foreign origin, Streamlit would look up its own address on the network and block all other requests
meanwhile.
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from ..errors import Cs25SearchError
from .views.headers import Receive, Scope, Send, Server
from .views.texts import say

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
UPLOAD = "/_stcore/upload_file"
# A reverse proxy adds at least one of these headers.
FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
             "x-real-ip")  # fmt: skip
_HOST = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._-]+))(?::[0-9]{1,5})?")


def host_name(host: str) -> str:
    """Return the name in a Host header without its port; "" if it is invalid.

    >>> [host_name(host) for host in ("LocalHost:8501", "[::1]:8501", "a.example.", "a@b", "")]
    ['localhost', '::1', 'a.example', '', '']
    """
    found = _HOST.fullmatch(host)
    return (found["v6"] or found["name"]).lower().removesuffix(".") if found else ""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may do what.

    Attributes:
        hosts: The names under which others reach this server.
        may_ingest: Whether every visitor may start an ingest, or none; None if only visitors on
            this machine may.
    """

    hosts: frozenset[str] = frozenset()
    may_ingest: bool | None = None


ONLY_HERE = Access()


def read_access(environment: Mapping[str, str] = os.environ) -> Access:
    """Return who may do what, by CS25_HOSTS and CS25_ALLOW_INGEST.

    >>> read_access({"CS25_HOSTS": "[fd00::1]:8501", "CS25_ALLOW_INGEST": "1"})
    Access(hosts=frozenset({'fd00::1'}), may_ingest=True)

    Raises:
        Cs25SearchError: A name is not a host name, for example a URL or a pattern.
    """
    written = [host.strip() for host in environment.get("CS25_HOSTS", "").split(",")]
    for host in written:
        if host and not host_name(host):
            raise Cs25SearchError(
                f"CS25_HOSTS names {host!r}, which is not a host name.\n"
                "Write the names that browsers use, separated by commas: search.example.org"
            )
    hosts = frozenset(host_name(host) for host in written if host)
    return Access(hosts, {"0": False, "1": True}.get(environment.get("CS25_ALLOW_INGEST", "")))


def is_local(host: str, peer: str | None, headers: Iterable[str]) -> bool:
    """Return whether a visitor is on this machine, without a proxy in between.

    Args:
        host: The Host header.
        peer: The address at the other end of the connection.
        headers: The names of all headers of the request.

    >>> is_local("localhost:8501", "127.0.0.1", ["host"])
    True
    >>> is_local("localhost:8501", "127.0.0.1", ["host", "X-Forwarded-For"])
    False
    >>> is_local("search.example.org", "127.0.0.1", ["host"])
    False
    """
    forwarded = any(name.lower() in FORWARDED for name in headers)
    address = _address(peer or "")
    near = address is not None and address.is_loopback
    return near and host_name(host) in LOOPBACK_NAMES and not forwarded


class AccessCheck:
    """ASGI middleware that answers 403 to requests that the app's own pages never send.

    Args:
        app: The server behind it.
        hosts: The public names of this server, in addition to the loopback names.
    """

    def __init__(self, app: Server, hosts: frozenset[str] = frozenset()) -> None:
        self.app = app
        self.hosts = hosts | LOOPBACK_NAMES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse one request, or pass it on."""
        refusal = self._refusal(scope) if scope["type"] in ("http", "websocket") else ""
        if not refusal:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()  # the handshake; closing it before acceptance becomes a 403
            await send({"type": "websocket.close", "code": 1008})
        else:
            headers = [(b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": refusal.encode()})

    def _refusal(self, scope: Scope) -> str:
        """Return why a request is refused; "" if it is allowed."""
        hosts = _values(scope, b"host")
        name = host_name(hosts[0]) if len(hosts) == 1 else ""
        if not name or (name not in self.hosts and not _is_address_reached(name, scope)):
            return _both("refused_host", host=name or "?")
        if UPLOAD in scope["path"]:
            return _both("refused_upload")
        origins = _values(scope, b"origin")
        own = [[f"http://{hosts[0]}"], [f"https://{hosts[0]}"], []]
        if scope["type"] == "websocket" and origins not in own:
            return _both("refused_origin")
        return ""


def may_ingest(access: Access, host: str, peer: str | None, headers: Iterable[str]) -> bool:
    """Return whether a visitor may start an ingest.

    If `access` does not say, visitors on this machine may, unless the server has public names:
    behind a proxy, all visitors look local.

    >>> may_ingest(Access(), "localhost", "127.0.0.1", [])
    True
    >>> may_ingest(Access(frozenset(["search.example.org"])), "localhost", "127.0.0.1", [])
    False
    >>> may_ingest(Access(may_ingest=True), "search.example.org", "10.0.0.7", [])
    True
    """
    if access.may_ingest is not None:
        return access.may_ingest
    return not access.hosts and is_local(host, peer, headers)


def _values(scope: Scope, wanted: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == wanted]


def _is_address_reached(name: str, scope: Scope) -> bool:
    """Return whether a host is the server's own address, which cannot be rebound as names can."""
    reached = _address((scope.get("server") or ("",))[0])
    return reached is not None and reached == _address(name)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _both(key: str, **values: object) -> str:
    return f"{say('en', key, **values)}\n{say('ja', key, **values)}\n"
