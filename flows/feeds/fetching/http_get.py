"""One guarded GET: redirects followed by hand, body streamed under a cap, failures named."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from urllib.parse import urldefrag, urljoin, urlsplit

import httpcore
import httpx

from flows.base.fetch_settings import FetchSettings
from flows.feeds.fetching.addresses import AddressGuard, HostRules, granted, host_and_port
from flows.feeds.fetching.decompress import (
    DecompressionError,
    Inflater,
    inflater_for,
    inflater_for_bare,
)
from flows.feeds.fetching.guarded_backend import GuardedBackend, on_sent
from flows.feeds.fetching.politeness import Lane, Lanes, Turn
from models.errors import FetchError, TransientFetchError

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DRAIN_BYTES = 16 * 1024
_PERMANENT = frozenset({301, 308})
_FEED_TYPES = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
_PAGE_TYPES = "text/html, application/xhtml+xml, */*;q=0.5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The last response of a chain. `hops` are the redirects on the way: (status, target)."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    hops: tuple[tuple[int, str], ...] = ()

    def header(self, name: str) -> str | None:
        """The first header of that name, case-insensitively."""
        wanted = name.lower()
        return next((v for k, v in self.headers if k.lower() == wanted), None)

    def permanent_url(self) -> str | None:
        """Where the leading 301s and 308s moved the resource to, if there are any."""
        moved = None
        for status, target in self.hops:
            if status not in _PERMANENT:
                break
            moved = target
        return moved


class Web(AbstractAsyncContextManager["Web"]):
    """The HTTP client of a run with its guards and lanes. Use as `async with Web(settings)`."""

    def __init__(self, settings: FetchSettings, *, tls: ssl.SSLContext | None = None) -> None:
        self.settings = settings
        self.lanes = Lanes(
            at_once=settings.per_host,
            gap_s=settings.host_gap_s,
            patience_s=settings.host_trouble_s,
        )
        self._guard = AddressGuard(HostRules.parse(settings.allow_hosts))
        context = tls or _tls_context()
        transport = httpx.AsyncHTTPTransport(verify=context, http2=settings.http2)
        # httpx has no public way to hand httpcore a network backend, and the guard belongs
        # where the connection is opened: any check before it could be answered differently.
        transport._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=None,
            max_keepalive_connections=settings.max_at_once,
            keepalive_expiry=10.0,
            http2=settings.http2,
            network_backend=GuardedBackend(self._guard),
        )
        # The transport and no client around it: what a client adds are redirects, cookies and
        # proxies from the environment, which the guards forbid, and half a millisecond a request.
        self._transport = transport
        self._extensions = {
            "timeout": httpx.Timeout(
                settings.read_timeout_s, connect=settings.connect_timeout_s, pool=None
            ).as_dict()
        }

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._transport.aclose()
        self._guard.close()

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        rules: HostRules | None = None,
        page: bool = False,
        alone_on: Lane | None = None,
        cap_bytes: int | None = None,
    ) -> Answer:
        """Fetch a URL politely. Any HTTP status is an answer; the rest raises.

        `rules` are the private hosts this very request may reach beside allow_hosts; `alone_on`
        is the lane the caller holds (Lane.trouble). Raises FetchError or TransientFetchError.
        """
        settings = self.settings
        sent = {
            "User-Agent": settings.agent,
            "Accept": _PAGE_TYPES if page else _FEED_TYPES,
            "Accept-Encoding": "gzip, deflate, br, zstd",
            **(headers or {}),
        }
        hops: list[tuple[int, str]] = []
        left_s = settings.deadline_s
        here = _without_fragment(url)
        while True:
            host, port = host_and_port(here)
            lane = self.lanes.lane(host)
            async with lane.turn(alone=lane is alone_on) as turn:
                started = time.monotonic()
                token = granted.set(rules)
                try:
                    async with asyncio.timeout(left_s):
                        # Checked here too, not only where connections are opened: an open one
                        # to a host allowed for another feed must not serve this request.
                        await self._guard.check(host, port)
                        answer = await self._one(
                            here, sent, cap_bytes or settings.body_cap_bytes, turn
                        )
                except TimeoutError as error:
                    turn.linger_s = settings.linger_s
                    raise TransientFetchError(
                        url, f"gave up after {settings.deadline_s:g} s", kind="timeout"
                    ) from error
                except FetchError as error:
                    raise _about(error, url) from error
                finally:
                    granted.reset(token)
                left_s -= time.monotonic() - started
            target = _redirect_target(answer)
            if target is None:
                return Answer(
                    url=here,
                    status=answer.status,
                    headers=answer.headers,
                    body=answer.body,
                    hops=tuple(hops),
                )
            if len(hops) >= settings.redirect_cap or target in {h for _, h in hops}:
                what = "go round in a circle" if len(hops) < settings.redirect_cap else "never end"
                raise FetchError(
                    url, f"redirects {what}, last to {target}", kind="too_many_redirects"
                )
            if urlsplit(here).scheme == "https" and urlsplit(target).scheme == "http":
                # Followed, for publishers do it, but never remembered as the feed's address.
                hops.append((302, target))
            else:
                hops.append((answer.status, target))
            here = target

    async def _one(
        self, url: str, headers: Mapping[str, str], cap_bytes: int, turn: Turn
    ) -> Answer:
        telling = on_sent.set(turn.sent)
        try:
            request = httpx.Request("GET", url, headers=headers, extensions=self._extensions)
            response = await self._transport.handle_async_request(request)
            response.request = request
            try:
                status, got = response.status_code, tuple(response.headers.multi_items())
                if status in _REDIRECTS or status == 304:
                    await _drain(response)
                    return Answer(url=url, status=status, headers=got, body=b"")
                body = await self._body(response, url, cap_bytes, turn)
                return Answer(url=url, status=status, headers=got, body=body)
            finally:
                await response.aclose()
        except httpx.HTTPError as error:
            raise _named(error, url) from error
        except (httpx.InvalidURL, httpcore.UnsupportedProtocol) as error:
            raise FetchError(url, f"not an address we can ask: {error}", kind="bad_url") from error
        except DecompressionError as error:
            raise FetchError(url, str(error), kind="bad_encoding") from error
        finally:
            on_sent.reset(telling)

    async def _body(self, response: httpx.Response, url: str, cap_bytes: int, turn: Turn) -> bytes:
        settings = self.settings
        inflater: Inflater = inflater_for(response.headers.get("content-encoding"))
        pieces: list[bytes] = []
        size, wire, bare = 0, 0, False
        window_at, window_wire = time.monotonic(), 0
        async for raw in response.aiter_raw():
            if not pieces and not wire and "content-encoding" not in response.headers:
                bare_inflater = inflater_for_bare(raw)
                inflater, bare = bare_inflater or inflater, bare_inflater is not None
            wire += len(raw)
            window_wire += len(raw)
            if wire > cap_bytes:
                # Also where it stands for less: compressed emptiness has no end.
                raise FetchError(url, f"more than {cap_bytes:,} bytes; stopped", kind="too_large")
            for piece in inflater.feed(raw):
                size += len(piece)
                if size > cap_bytes:
                    how = " once unpacked" if bare or size > wire else ""
                    raise FetchError(
                        url, f"more than {cap_bytes:,} bytes{how}; stopped", kind="too_large"
                    )
                pieces.append(piece)
            now = time.monotonic()
            if now - window_at > settings.slow_after_s:
                speed = window_wire / (now - window_at)
                if speed < settings.min_bytes_per_s:
                    turn.linger_s = settings.linger_s
                    raise TransientFetchError(
                        url,
                        f"drips at {speed:.1f} bytes/s; gave up after {wire:,} bytes",
                        kind="too_slow",
                    )
                window_at, window_wire = now, 0
        return b"".join(pieces)


@cache
def _tls_context() -> ssl.SSLContext:
    # Reading the certificates takes a tenth of a second; every run of a process can share them.
    return httpx.create_ssl_context(trust_env=False)


async def _drain(response: httpx.Response) -> None:
    # Left unread, even nothing makes httpx close a connection the next feed could have used.
    left = _DRAIN_BYTES
    async for raw in response.aiter_raw():
        left -= len(raw)
        if left < 0:
            return


def _without_fragment(url: str) -> str:
    try:
        return urldefrag(url).url
    except ValueError as error:
        raise FetchError(url, f"not an address: {error}", kind="bad_url") from error


def _redirect_target(answer: Answer) -> str | None:
    location = answer.header("location")
    if answer.status not in _REDIRECTS:
        return None
    if not location:
        raise FetchError(
            answer.url, f"HTTP {answer.status} without saying where to", kind="bad_redirect"
        )
    try:
        return urldefrag(urljoin(answer.url, location.strip())).url
    except ValueError as error:
        raise FetchError(answer.url, f"redirect to {location!r}", kind="bad_redirect") from error


def _about(error: FetchError, url: str) -> FetchError:
    """The same failure under the address the caller asked for, the place it happened kept."""
    if error.url == url:
        return error
    reason = error.reason if error.url in url else f"{error.reason} (at {error.url})"
    if isinstance(error, TransientFetchError):
        return TransientFetchError(url, reason, kind=error.kind, retry_after_s=error.retry_after_s)
    return FetchError(url, reason, kind=error.kind)


def _named(error: httpx.HTTPError, url: str) -> FetchError:
    text = str(error) or type(error).__name__
    match error:
        case httpx.ConnectTimeout():
            return TransientFetchError(url, "no connection in time", kind="connect_timeout")
        case httpx.ReadTimeout():
            return TransientFetchError(url, "silent for too long", kind="read_timeout")
        case httpx.TimeoutException():
            return TransientFetchError(url, f"timed out: {text}", kind="timeout")
        case httpx.ConnectError() if "CERTIFICATE" in text.upper() or "SSL" in text.upper():
            return FetchError(url, f"TLS: {text}", kind="tls")
        case httpx.ConnectError():
            return TransientFetchError(url, f"no connection: {text}", kind="connect")
        case httpx.UnsupportedProtocol():
            return FetchError(url, "only http and https", kind="bad_url")
        case httpx.DecodingError():
            return FetchError(url, f"broken compression: {text}", kind="bad_encoding")
        case _:
            return TransientFetchError(url, f"broken off: {text}", kind="protocol")
