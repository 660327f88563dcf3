"""Connections that another thread can close, even while a server drips its headers.

A socket's time-out starts again with every byte, and http.client reads any number of interim
answers (100 Continue). Without these classes, a thread that waits for headers could wait for ever.
"""

import socket
import threading
from contextlib import suppress
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection


class Closing:
    """Whether the reader of an answer should stop, and the sockets that it may wait on."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._sockets: list[socket.socket] = []

    def is_set(self) -> bool:
        """Return whether the client no longer waits for the answer."""
        return self._event.is_set()

    def set(self) -> None:
        """Close all connections, which ends every read from them."""
        self._event.set()
        for one in list(self._sockets):
            with suppress(OSError):
                # Not the method of an SSL socket, which changes what its reader is using.
                socket.socket.shutdown(one, socket.SHUT_RDWR)

    def add(self, connected: socket.socket) -> None:
        """Remember the socket of a new connection.

        Raises:
            ConnectionError: The reader should stop.
        """
        self._sockets.append(connected)
        if self.is_set():
            raise ConnectionError("the answer is no longer needed")


class ClosableAdapter(HTTPAdapter):
    """Opens connections that `closing` closes, through a proxy too."""

    def __init__(self, closing: Closing) -> None:
        self._pools = _pools(closing)
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Create the pools of direct connections."""
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **options: Any) -> PoolManager:
        """Return the pools of connections through a proxy."""
        manager: PoolManager = super().proxy_manager_for(proxy, **options)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = self._pools
        return manager


def _pools(closing: Closing) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            closing.add(self.sock)

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            closing.add(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
