"""The network backend of httpx: connects only to checked addresses, and reports each write."""

import select
import socket
import ssl
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any

import httpcore

from flows.feeds.fetching.addresses import AddressGuard
from models.errors import FetchError

_TRY_NEXT_ADDRESS_AFTER_S = 3.0
_ADDRESSES_TRIED = 4

# Called when the running task's request is on the wire. A connection serves many requests in turn,
# so the callback cannot be given when it is opened.
on_sent: ContextVar[Callable[[], None] | None] = ContextVar("on_sent", default=None)


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections for httpx, only to addresses that the guard has checked."""

    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a checked address of `host`; TLS still verifies the name."""
        addresses = (await self._guard.check(host, port))[:_ADDRESSES_TRIED]
        for n, address in enumerate(addresses, start=1):
            last = n == len(addresses)
            patience = timeout if last else min(timeout or 60.0, _TRY_NEXT_ADDRESS_AFTER_S)
            try:
                stream = await self._inner.connect_tcp(
                    str(address), port, patience, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if last:
                    raise
            else:
                return NotifyingStream(stream)
        raise AssertionError("check() gives at least one address")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raise FetchError: a feed never needs a local socket."""
        raise FetchError(path, "refused: a local socket is not a web address", kind="bad_url")

    async def sleep(self, seconds: float) -> None:
        """Sleep, for httpcore's own use."""
        await self._inner.sleep(seconds)


class NotifyingStream(httpcore.AsyncNetworkStream):
    """A connection that calls `on_sent` after each write."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner
        # Before every request, httpcore asks every idle connection whether it was closed. Asking
        # through the layers below would cost ten times as much.
        self._socket: socket.socket | None = inner.get_extra_info("socket")

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """The bytes that came, b"" at the end."""
        return await self._inner.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send, then call `on_sent`."""
        await self._inner.write(buffer, timeout)
        if (notify := on_sent.get()) is not None:
            notify()

    async def aclose(self) -> None:
        """Close."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """The same connection with TLS, verified against `server_hostname`."""
        return NotifyingStream(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks about the connection."""
        if info == "socket":
            return self._socket
        if info == "is_readable" and self._socket is not None:
            return _is_readable(self._socket)
        return self._inner.get_extra_info(info)


def _is_readable(sock: socket.socket) -> bool:
    # Of an idle connection: did the other side send something? That can only be its end.
    if sock.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))
