"""Guarded GET requests: we follow redirects ourselves, cap bodies, and name every failure."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from functools import cache
from types import TracebackType
from urllib.parse import urldefrag, urljoin, urlsplit

import httpcore
import httpx

from flows.base.fetch_settings import FetchSettings
from flows.feeds.fetching.addresses import AddressGuard, HostRules, host_and_port, request_rules
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
class HttpResponse:
    """The last response of a chain of redirects. `hops` are the redirects: (status, target)."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    hops: tuple[tuple[int, str], ...] = ()

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        wanted = name.lower()
        return next((v for k, v in self.headers if k.lower() == wanted), None)

    def permanent_url(self) -> str | None:
        """Where the leading 301s and 308s moved the resource to, None without any."""
        moved = None
        for status, target in self.hops:
            if status not in _PERMANENT:
                break
            moved = target
        return moved


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What one `get` asks for; the same for every redirect of its chain."""

    url: str
    headers: Mapping[str, str]
    rules: HostRules | None
    held_lane: Lane | None
    cap_bytes: int


class HttpClient(AbstractAsyncContextManager["HttpClient"]):
    """The HTTP client of one run, with its guards and lanes. Use with `async with`."""

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
        # httpx has no public way to give httpcore a network backend, and the guard must sit where
        # the connection is opened: a name checked earlier could resolve differently there.
        transport._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=None,
            max_keepalive_connections=settings.max_at_once,
            keepalive_expiry=10.0,
            http2=settings.http2,
            network_backend=GuardedBackend(self._guard),
        )
        # The transport without an httpx client: a client adds redirects, cookies and proxies from
        # the environment, which the guards forbid, and half a millisecond per request.
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
        held_lane: Lane | None = None,
        cap_bytes: int | None = None,
    ) -> HttpResponse:
        """Fetch a URL politely and return the response, whatever its HTTP status.

        `rules` are the private hosts that this request may reach, besides allow_hosts; `held_lane`
        is the lane whose `retries_only` block the caller is in. Raises FetchError or
        TransientFetchError for everything but an HTTP status.
        """
        request = _Request(
            url=url,
            headers={
                "User-Agent": self.settings.agent,
                "Accept": _PAGE_TYPES if page else _FEED_TYPES,
                "Accept-Encoding": "gzip, deflate, br, zstd",
                **(headers or {}),
            },
            rules=rules,
            held_lane=held_lane,
            cap_bytes=cap_bytes or self.settings.body_cap_bytes,
        )
        hops: list[tuple[int, str]] = []
        left_s = self.settings.deadline_s
        here = _without_fragment(url)
        while True:
            response, took_s = await self._in_turn(request, here, left_s)
            left_s -= took_s
            target = _redirect_target(response)
            if target is None:
                return replace(response, hops=tuple(hops))
            self._check_hops(url, target, hops)
            hops.append((_hop_status(here, target, response.status), target))
            here = target

    async def _in_turn(
        self, request: _Request, here: str, left_s: float
    ) -> tuple[HttpResponse, float]:
        """One request of a chain, in its host's turn; its response and how long it took."""
        host, port = host_and_port(here)
        lane = self.lanes.lane(host)
        async with lane.turn(held=lane is request.held_lane) as turn:
            started = time.monotonic()
            token = request_rules.set(request.rules)
            try:
                async with asyncio.timeout(left_s):
                    # Checked here too, not only where connections are opened: an open connection
                    # to a host allowed for another feed must not serve this request.
                    await self._guard.check(host, port)
                    response = await self._send(request, here, turn)
            except TimeoutError as error:
                turn.linger_s = self.settings.linger_s
                raise TransientFetchError(
                    request.url, f"gave up after {self.settings.deadline_s:g} s", kind="timeout"
                ) from error
            except FetchError as error:
                raise _about(error, request.url) from error
            finally:
                request_rules.reset(token)
            return response, time.monotonic() - started

    def _check_hops(self, url: str, target: str, hops: list[tuple[int, str]]) -> None:
        """Raise FetchError if one more redirect, to `target`, is one too many."""
        circle = target in {seen for _, seen in hops}
        if len(hops) < self.settings.redirect_cap and not circle:
            return
        what = "go round in a circle" if len(hops) < self.settings.redirect_cap else "never end"
        raise FetchError(url, f"redirects {what}, last to {target}", kind="too_many_redirects")

    async def _send(self, request: _Request, url: str, turn: Turn) -> HttpResponse:
        """Send one request and read its response; httpx's errors become ours."""
        token = on_sent.set(turn.sent)
        try:
            sent = httpx.Request("GET", url, headers=request.headers, extensions=self._extensions)
            response = await self._transport.handle_async_request(sent)
            response.request = sent
            try:
                status, headers = response.status_code, tuple(response.headers.multi_items())
                if status in _REDIRECTS or status == 304:
                    await _drain(response)
                    return HttpResponse(url=url, status=status, headers=headers, body=b"")
                body = await self._body(response, url, request.cap_bytes, turn)
                return HttpResponse(url=url, status=status, headers=headers, body=body)
            finally:
                await response.aclose()
        except httpx.HTTPError as error:
            raise _as_fetch_error(error, url) from error
        except (httpx.InvalidURL, httpcore.UnsupportedProtocol) as error:
            raise FetchError(url, f"not an address we can ask: {error}", kind="bad_url") from error
        except DecompressionError as error:
            raise FetchError(url, str(error), kind="bad_encoding") from error
        finally:
            on_sent.reset(token)

    async def _body(self, response: httpx.Response, url: str, cap_bytes: int, turn: Turn) -> bytes:
        """The unpacked body. Raises FetchError when it is too large or comes too slowly."""
        settings = self.settings
        body = _Body(url, response.headers.get("content-encoding"), cap_bytes)
        speed = _Speedometer(settings.slow_after_s)
        async for raw in response.aiter_raw():
            body.add(raw)
            bytes_per_s = speed.measure(len(raw))
            if bytes_per_s is not None and bytes_per_s < settings.min_bytes_per_s:
                turn.linger_s = settings.linger_s
                raise TransientFetchError(
                    url,
                    f"too slow: {bytes_per_s:.1f} bytes/s; gave up after {body.wire:,} bytes",
                    kind="too_slow",
                )
        return b"".join(body.pieces)


class _Body:
    """A body as it arrives: unpacked piece by piece, under a cap."""

    def __init__(self, url: str, content_encoding: str | None, cap_bytes: int) -> None:
        self.url, self.cap_bytes = url, cap_bytes
        self.inflater: Inflater = inflater_for(content_encoding)
        self.may_be_bare = content_encoding is None
        self.bare = False
        self.pieces: list[bytes] = []
        self.wire = self.size = 0

    def add(self, raw: bytes) -> None:
        """Unpack what came. Raises FetchError beyond the cap, DecompressionError if broken."""
        if self.may_be_bare and not self.pieces and not self.wire:
            bare_inflater = inflater_for_bare(raw)
            self.inflater, self.bare = bare_inflater or self.inflater, bare_inflater is not None
        self.wire += len(raw)
        if self.wire > self.cap_bytes:
            # Also when it unpacks to less: packed empty blocks could go on for ever.
            raise self._too_large("")
        for piece in self.inflater.feed(raw):
            self.size += len(piece)
            if self.size > self.cap_bytes:
                raise self._too_large(
                    " once unpacked" if self.bare or self.size > self.wire else ""
                )
            self.pieces.append(piece)

    def _too_large(self, how: str) -> FetchError:
        reason = f"more than {self.cap_bytes:,} bytes{how}; stopped"
        return FetchError(self.url, reason, kind="too_large")


class _Speedometer:
    """Measures how fast bytes arrive, over windows of at least `window_s` seconds."""

    def __init__(self, window_s: float) -> None:
        self.window_s = window_s
        self.began, self.count = time.monotonic(), 0

    def measure(self, count: int) -> float | None:
        """Count bytes that came; the bytes per second at the end of a window, else None."""
        self.count += count
        now = time.monotonic()
        if now - self.began <= self.window_s:
            return None
        speed = self.count / (now - self.began)
        self.began, self.count = now, 0
        return speed


@cache
def _tls_context() -> ssl.SSLContext:
    # Reading the certificates takes a tenth of a second; all runs of a process share them.
    return httpx.create_ssl_context(trust_env=False)


async def _drain(response: httpx.Response) -> None:
    # If a body is not read, httpx closes the connection, which the next feed could have used.
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


def _redirect_target(response: HttpResponse) -> str | None:
    """Where a redirect leads; None for any other response."""
    location = response.header("location")
    if response.status not in _REDIRECTS:
        return None
    if not location:
        raise FetchError(
            response.url, f"HTTP {response.status} without saying where to", kind="bad_redirect"
        )
    try:
        return urldefrag(urljoin(response.url, location.strip())).url
    except ValueError as error:
        raise FetchError(response.url, f"redirect to {location!r}", kind="bad_redirect") from error


def _hop_status(here: str, target: str, status: int) -> int:
    """The status to record for a redirect.

    Publishers do redirect from https to http; we follow, but never as a permanent move.
    """
    downgrade = urlsplit(here).scheme == "https" and urlsplit(target).scheme == "http"
    return 302 if downgrade else status


def _about(error: FetchError, url: str) -> FetchError:
    """The same failure for the address the caller asked for; its reason says where it happened."""
    if error.url == url:
        return error
    reason = error.reason if error.url in url else f"{error.reason} (at {error.url})"
    if isinstance(error, TransientFetchError):
        return TransientFetchError(url, reason, kind=error.kind, retry_after_s=error.retry_after_s)
    return FetchError(url, reason, kind=error.kind)


def _as_fetch_error(error: httpx.HTTPError, url: str) -> FetchError:
    """The FetchError for an error of httpx, with its kind."""
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
