"""Article pages, for feeds that allow it and sites whose robots.txt does; gently, each once."""

import inspect
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from flows.base.fetch_settings import FetchSettings
from flows.feeds.fetching.addresses import host_and_port, rules_for
from flows.feeds.fetching.http_get import Web
from flows.feeds.fetching.next_check import retry_after_s
from flows.feeds.fetching.politeness import run_by_host
from flows.feeds.fetching.robots import Robots
from models.errors import FetchError
from models.fault import fault_line
from models.feed import Feed

_DEFAULT_WAIT_S = 600.0
# More of a page is not read (extractors/feeds/page_text.py), so no more is held.
_MOST_PAGE = 5_000_000
_HTML = ("text/html", "application/xhtml+xml", "text/plain")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """A page wanted for an article. `key` is the caller's name for it, such as an article id."""

    url: str
    feed: Feed
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOutcome:
    """A page as text, or why there is none."""

    request: PageRequest
    url: str
    fetched_at: datetime
    html: bytes | str | None = None
    error: FetchError | None = None


async def fetch_page(request: PageRequest, web: Web, robots: Robots) -> PageOutcome:
    """One page, if the feed, the robots.txt and the host's patience allow, or the error.

    Refusals have the kinds `not_allowed` (full_text is off), `robots`, `host_waits`, `not_html`.
    """
    now = datetime.now(UTC)
    try:
        url, html = await _page(request, web, robots)
    except FetchError as error:
        return PageOutcome(request=request, url=request.url, fetched_at=now, error=error)
    except Exception as error:  # noqa: BLE001 - one page's fault must not be the others'
        fault = FetchError(request.url, fault_line(error), kind="internal_error")
        return PageOutcome(request=request, url=request.url, fetched_at=now, error=fault)
    return PageOutcome(request=request, url=url, fetched_at=datetime.now(UTC), html=html)


async def fetch_pages(
    requests: Sequence[PageRequest],
    settings: FetchSettings,
    *,
    on_done: Callable[[PageOutcome], Awaitable[None] | None],
    web: Web | None = None,
) -> None:
    """Fetch pages with the manners of `settings`, `page_gap_s` apart on one host.

    The same address is asked for once, whoever wants it. Outcomes are handed on as they come.
    """
    wanted: dict[str, list[PageRequest]] = {}
    for request in requests:
        wanted.setdefault(request.url, []).append(request)
    async with AsyncExitStack() as stack:
        if web is None:
            web = await stack.enter_async_context(
                Web(replace(settings, host_gap_s=settings.page_gap_s))
            )
        used, robots = web, Robots(web)

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


async def _page(request: PageRequest, web: Web, robots: Robots) -> tuple[str, bytes | str]:
    url, rules = request.url, rules_for(request.feed)
    if not request.feed.full_text:
        raise FetchError(
            url, f"feed {request.feed.feed_id!r} has full_text off", kind="not_allowed"
        )
    lane = web.lanes.lane(host_and_port(url)[0])
    if lane.waits_until and lane.waits_until > datetime.now(UTC):
        raise FetchError(url, f"{lane.host} asked us to wait", kind="host_waits")
    verdict = await robots.verdict(url, rules)
    if not verdict.allowed:
        raise FetchError(url, verdict.why or "robots.txt forbids it", kind="robots")
    if verdict.crawl_delay_s:
        lane.gap_s = max(lane.gap_s, verdict.crawl_delay_s)
    answer = await web.get(url, rules=rules, page=True)
    if answer.status in (429, 503):
        asked = retry_after_s(answer.header("retry-after"), now=datetime.now(UTC))
        wait_s = min(asked or _DEFAULT_WAIT_S, web.settings.host_wait_cap_s)
        lane.waits_until = datetime.now(UTC) + timedelta(seconds=wait_s)
    if not 200 <= answer.status < 300:
        raise FetchError(url, f"HTTP {answer.status}", kind=f"http_{answer.status}")
    kind = (answer.header("content-type") or "text/html").lower()
    if not kind.startswith(_HTML):
        raise FetchError(url, f"no web page: {kind}", kind="not_html")
    return answer.url, _decoded(answer.body[:_MOST_PAGE], kind)


def _decoded(body: bytes, content_type: str) -> bytes | str:
    """The page as text where that is told at once; the process that reads it finds out the rest."""
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
