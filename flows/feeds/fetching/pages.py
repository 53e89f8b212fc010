"""Article pages, for feeds with full_text and sites whose robots.txt allows it."""

import inspect
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from flows.base.fetch_settings import FetchSettings
from flows.feeds.fetching.addresses import host_and_port, rules_for
from flows.feeds.fetching.http_client import HttpClient
from flows.feeds.fetching.next_check import retry_after_s
from flows.feeds.fetching.politeness import run_by_host
from flows.feeds.fetching.robots import Robots
from models.errors import FetchError
from models.fault import fault_line
from models.feed import Feed

_DEFAULT_WAIT_S = 600.0
# The page reader (extractors/feeds/page_text.py) reads no more than this, so no more is kept.
_MOST_PAGE_BYTES = 5_000_000
_HTML = ("text/html", "application/xhtml+xml", "text/plain")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """A page wanted for an article. `key` is the caller's name for it, such as an article id."""

    url: str
    feed: Feed
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOutcome:
    """A page as text, or the error that kept it away."""

    request: PageRequest
    url: str
    fetched_at: datetime
    html: bytes | str | None = None
    error: FetchError | None = None


async def fetch_pages(
    requests: Sequence[PageRequest],
    settings: FetchSettings,
    *,
    on_done: Callable[[PageOutcome], Awaitable[None] | None],
    client: HttpClient | None = None,
) -> None:
    """Fetch pages, `page_gap_s` apart on one host; call `on_done` with each outcome as it comes.

    An address that several requests want is fetched once.
    """
    wanted: dict[str, list[PageRequest]] = {}
    for request in requests:
        wanted.setdefault(request.url, []).append(request)
    async with AsyncExitStack() as stack:
        if client is None:
            client = await stack.enter_async_context(
                HttpClient(replace(settings, host_gap_s=settings.page_gap_s))
            )
        used, robots = client, Robots(client)

        async def work(same: list[PageRequest]) -> None:
            outcome = await fetch_page(same[0], used, robots)
            for request in same:
                handled = on_done(replace(outcome, request=request))
                if inspect.isawaitable(handled):
                    await handled

        await run_by_host(
            [(_host(url), same) for url, same in wanted.items()],
            work,
            at_once=settings.max_at_once,
            per_host=settings.per_host,
        )


async def fetch_page(request: PageRequest, client: HttpClient, robots: Robots) -> PageOutcome:
    """Fetch one page if its feed, the site's robots.txt and the host allow it.

    Refusals are errors of kind `not_allowed` (full_text is off), `robots`, `host_waits` or
    `not_html`.
    """
    now = datetime.now(UTC)
    try:
        url, html = await _page(request, client, robots)
    except FetchError as error:
        return PageOutcome(request=request, url=request.url, fetched_at=now, error=error)
    except Exception as error:  # noqa: BLE001 - one page's fault must not be the others'
        fault = FetchError(request.url, fault_line(error), kind="internal_error")
        return PageOutcome(request=request, url=request.url, fetched_at=now, error=fault)
    return PageOutcome(request=request, url=url, fetched_at=datetime.now(UTC), html=html)


async def _page(
    request: PageRequest, client: HttpClient, robots: Robots
) -> tuple[str, bytes | str]:
    url, rules = request.url, rules_for(request.feed)
    if not request.feed.full_text:
        raise FetchError(
            url, f"feed {request.feed.feed_id!r} has full_text off", kind="not_allowed"
        )
    lane = client.lanes.lane(host_and_port(url)[0])
    if lane.waits_until and lane.waits_until > datetime.now(UTC):
        raise FetchError(url, f"{lane.host} asked us to wait", kind="host_waits")
    verdict = await robots.verdict(url, rules)
    if not verdict.allowed:
        raise FetchError(url, verdict.why or "robots.txt forbids it", kind="robots")
    if verdict.crawl_delay_s:
        lane.gap_s = max(lane.gap_s, verdict.crawl_delay_s)
    response = await client.get(url, rules=rules, page=True)
    if response.status in (429, 503):
        asked = retry_after_s(response.header("retry-after"), now=datetime.now(UTC))
        wait_s = min(asked or _DEFAULT_WAIT_S, client.settings.host_wait_cap_s)
        lane.waits_until = datetime.now(UTC) + timedelta(seconds=wait_s)
    if not 200 <= response.status < 300:
        raise FetchError(url, f"HTTP {response.status}", kind=f"http_{response.status}")
    kind = (response.header("content-type") or "text/html").lower()
    if not kind.startswith(_HTML):
        raise FetchError(url, f"not a web page: {kind}", kind="not_html")
    return response.url, _decoded(response.body[:_MOST_PAGE_BYTES], kind)


def _decoded(body: bytes, content_type: str) -> bytes | str:
    """The page as text if it is UTF-8 or its header names the charset, else as bytes."""
    named = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type)
    for codec in ("utf-8", named[1] if named else ""):
        with suppress(LookupError, ValueError):
            return body.decode(codec)
    return body


def _host(url: str) -> str:
    try:
        return host_and_port(url)[0]
    except FetchError:
        return ""
