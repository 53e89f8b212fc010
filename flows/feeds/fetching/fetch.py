"""Polite conditional GET of many feeds: each outcome is handed on as it completes.

A feed's failure is its own: it becomes an outcome with an error and a ledger row, and the
others go on. Nothing here stores anything; state and articles belong in one transaction of the
caller's, or a kill between the two would lose what the next 304 hides.
"""

import asyncio
import hashlib
import inspect
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from extractors.feeds.web_address import web_address
from flows.base.fetch_settings import FetchSettings
from flows.feeds.fetching.addresses import host_and_port, rules_for
from flows.feeds.fetching.http_get import Answer, Web
from flows.feeds.fetching.http_status import NO_RETRY, status_error
from flows.feeds.fetching.next_check import (
    NextCheck,
    after_answer,
    after_failure,
    believable,
    bounds_s,
    cache_time_s,
)
from flows.feeds.fetching.outcome import FeedOutcome, with_parsed
from flows.feeds.fetching.pages import PageOutcome, PageRequest, fetch_page, fetch_pages
from flows.feeds.fetching.politeness import Lane, run_by_host
from models.errors import FetchError, TransientFetchError
from models.fault import fault_line
from models.feed import Feed, FeedState, Fetch, FetchedFeed
from models.identity import digest_id

log = logging.getLogger("policywire.fetch")
LONGEST_VALIDATOR = 1000

__all__ = [
    "FeedOutcome",
    "FetchSettings",
    "PageOutcome",
    "PageRequest",
    "fetch_feeds",
    "fetch_page",
    "fetch_pages",
    "with_parsed",
]


OnDone = Callable[[FeedOutcome], Awaitable[None] | None]


async def fetch_feeds(
    feeds: Sequence[Feed],
    states: Mapping[str, FeedState],
    settings: FetchSettings,
    *,
    on_done: OnDone,
    web: Web | None = None,
) -> None:
    """Ask every feed once, conditionally; call `on_done` with each outcome as it completes.

    At most `settings.max_at_once` feeds are in flight, an awaited `on_done` included, so memory
    does not grow with the list. Schedules are the caller's (next_check.is_due): only retired
    feeds and those whose server asked for a wait are passed over here. Whatever goes wrong with
    one feed is its outcome; exceptions of `on_done` end the run.
    """
    run_id = settings.run_id or uuid4().hex
    now = settings.clock()
    held = {
        feed.feed_id: believable(
            feed, current_state(feed, states.get(feed.feed_id)), settings, now=now
        )
        for feed in feeds
    }
    # Feeds that fail go last, so that their time-outs never keep a healthy one waiting.
    ordered = sorted(
        feeds,
        key=lambda f: (
            held[f.feed_id].failure_count,
            hashlib.blake2b((run_id + f.feed_id).encode(), digest_size=8).digest(),
        ),
    )
    async with AsyncExitStack() as stack:
        used = web if web is not None else await stack.enter_async_context(Web(settings))

        async def work(feed: Feed) -> None:
            outcome = await _FeedRequest(feed, held[feed.feed_id], used, run_id).run()
            handled = on_done(outcome)
            if inspect.isawaitable(handled):
                await handled

        await run_by_host(
            [(_lane_of(held[f.feed_id]), f) for f in ordered],
            work,
            at_once=settings.max_at_once,
            per_host=settings.per_host,
            start_gap_s=settings.start_gap_s,
        )


def current_state(feed: Feed, state: FeedState | None) -> FeedState:
    """The state to go by: a fresh one for a new feed or one whose listed address was changed."""
    if state is None or (state.listed_url or state.url) != feed.url:
        return FeedState(feed_id=feed.feed_id, url=feed.url, listed_url=feed.url)
    return replace(state, listed_url=feed.url)


def _lane_of(state: FeedState) -> str:
    try:
        return host_and_port(state.url)[0]
    except FetchError:
        return ""


class _FeedRequest:
    """One feed's turn: ask, retry where that can help, and put the answer into records."""

    def __init__(self, feed: Feed, state: FeedState, web: Web, run_id: str) -> None:
        self.feed, self.state, self.web, self.run_id = feed, state, web, run_id
        self.settings = web.settings
        self.started_at = web.settings.clock()
        self.began = time.monotonic()
        self.retries = 0
        self.notes: list[str] = []
        self.jitter = random.Random(run_id + feed.feed_id)  # noqa: S311 - spreads load

    async def run(self) -> FeedOutcome:
        """Ask and report; whatever goes wrong is in the outcome."""
        try:
            return await self._run()
        except Exception as error:  # noqa: BLE001 - one feed's fault must not be the others'
            return self._broken(error)

    async def _run(self) -> FeedOutcome:
        state, now = self.state, self.started_at
        if state.retired:
            return self._skipped("retired: its server said it is gone for good (410)", None)
        if state.hold_until and state.hold_until > now:
            until = f"{state.hold_until:%Y-%m-%d %H:%M:%S} UTC"
            return self._skipped(f"its server asked us to wait until {until}", state.hold_until)
        if self.feed.kind.endswith("_template"):
            return self._skipped(
                "a template: write a feed of its own with the {...} parts filled in", None
            )
        try:
            lane = self.web.lanes.lane(host_and_port(state.url)[0])
            if lane.waits_until and lane.waits_until > self.settings.clock():
                until = f"{lane.waits_until:%Y-%m-%d %H:%M:%S} UTC"
                return self._skipped(
                    f"{lane.host} asked us to wait until {until}", lane.waits_until
                )
            answer = await self._ask(lane)
        except FetchError as error:
            return self._failed(error)
        lane.answered()
        return self._answered(answer)

    async def _ask(self, lane: Lane) -> Answer:
        try:
            return await self._try_once(None)
        except TransientFetchError as error:
            failure = error
        # The host is in trouble: our retries are its only new requests until we are done.
        async with lane.trouble():
            began = time.monotonic()
            while (pause_s := self._pause_s(failure)) is not None and lane.patience_left():
                await asyncio.sleep(pause_s)
                self.retries += 1
                self.notes.append(f"try {self.retries}: {failure.kind}")
                try:
                    return await self._try_once(lane)
                except TransientFetchError as error:
                    failure = error
                finally:
                    lane.tried(time.monotonic() - began)
                    began = time.monotonic()
        if failure.kind == "http_429" and failure.retry_after_s:
            wait_s = min(failure.retry_after_s, self.settings.host_wait_cap_s)
            lane.too_many(self.settings.clock() + timedelta(seconds=wait_s))
        raise failure

    def _pause_s(self, error: TransientFetchError) -> float | None:
        """How long to pause before the next try; None when another one cannot help."""
        if self.retries >= self.settings.retries or error.kind in NO_RETRY:
            return None
        if error.retry_after_s is not None:
            asked = error.retry_after_s
            return asked if asked <= self.settings.retry_after_in_run_s else None
        if error.kind == "http_429":
            return None
        backoff = self.settings.retry_backoff_s * 1.5**self.retries
        return float(backoff * (1.0 + self.jitter.random() / 4))

    async def _try_once(self, alone_on: Lane | None) -> Answer:
        headers: dict[str, str] = {}
        if self.state.etag:
            headers["If-None-Match"] = self.state.etag
        if self.state.last_modified:
            headers["If-Modified-Since"] = self.state.last_modified
        answer = await self.web.get(
            self.state.url, headers=headers, rules=rules_for(self.feed), alone_on=alone_on
        )
        if answer.status == 304 or 200 <= answer.status < 300:
            return answer
        raise status_error(answer, self.state.url, now=self.settings.clock())

    def _answered(self, answer: Answer) -> FeedOutcome:
        now = self.settings.clock()
        state = self._moved(answer, replace(self.state, failure_count=0, hold_until=None))
        unchanged = answer.status == 304
        if not unchanged:
            digest = hashlib.blake2b(answer.body, digest_size=16).hexdigest()
            if digest == state.body_digest:
                unchanged = True
                self.notes.append("same bytes as last time, sent without a 304")
            state = replace(
                state,
                etag=_validator(answer.header("etag")),
                last_modified=_validator(answer.header("last-modified")),
                body_digest=digest,
            )
        check = after_answer(
            self.feed,
            state,
            self.settings,
            now=now,
            cache_s=cache_time_s(
                answer.header("cache-control"),
                answer.header("expires"),
                answer.header("date"),
                now=now,
            ),
            jitter=self.jitter,
        )
        fetched = None
        if not unchanged:
            fetched = FetchedFeed(
                feed_id=self.feed.feed_id,
                url=answer.url,
                status=answer.status,
                fetched_at=now,
                headers=answer.headers,
                body=answer.body,
            )
        fetch = self._ledger(
            "not_modified" if unchanged else "ok",
            check,
            status=answer.status,
            body_bytes=len(answer.body),
        )
        return FeedOutcome(
            feed=self.feed,
            fetch=fetch,
            state=replace(state, next_check_at=check.at),
            fetched=fetched,
        )

    def _moved(self, answer: Answer, state: FeedState) -> FeedState:
        """Count a permanent redirect; after enough agreeing answers it is the feed's address."""
        target = web_address(answer.permanent_url())
        if target is None:
            return replace(state, redirect_url=None, redirect_count=0)
        count = state.redirect_count + 1 if target == state.redirect_url else 1
        needed = self.settings.permanent_redirects_needed
        if count < needed:
            self.notes.append(f"moved permanently to {target} ({count} of {needed})")
            return replace(state, redirect_url=target, redirect_count=count)
        self.notes.append(f"address changed to {target}")
        return replace(state, url=target, redirect_url=None, redirect_count=0)

    def _failed(self, error: FetchError) -> FeedOutcome:
        now = self.settings.clock()
        asked = error.retry_after_s if isinstance(error, TransientFetchError) else None
        gone = error.kind == "http_410"
        failures = self.state.failure_count + 1
        check = after_failure(
            self.feed,
            self.settings,
            now=now,
            failure_count=failures,
            retry_after_s=asked,
            jitter=self.jitter,
        )
        if gone:
            self.notes.append("retired: will not be asked again; remove it from the feed list")
        state = replace(
            self.state,
            failure_count=failures,
            retired=gone,
            hold_until=check.at if asked is not None else None,
            next_check_at=None if gone else check.at,
            redirect_url=None,
            redirect_count=0,
        )
        status = error.kind.removeprefix("http_")
        fetch = self._ledger(
            error.kind,
            None if gone else check,
            status=int(status) if status.isdecimal() else None,
            error=f"feed {self.feed.feed_id!r}: {error.reason}",
        )
        return FeedOutcome(feed=self.feed, fetch=fetch, state=state, error=error)

    def _broken(self, error: Exception) -> FeedOutcome:
        """The outcome after a fault of our own; what it may have come from is forgotten."""
        fault = FetchError(self.state.url, fault_line(error), kind="internal_error")
        log.warning("feed %s: %s", self.feed.feed_id, fault.reason)
        log.debug("feed %s", self.feed.feed_id, exc_info=error)
        wait_s, _ = bounds_s(self.feed, self.settings)
        check = NextCheck(
            at=self.settings.clock() + timedelta(seconds=wait_s), reason="after a fault of our own"
        )
        state = replace(
            self.state,
            etag=None,
            last_modified=None,
            body_digest=None,
            failure_count=self.state.failure_count + 1,
            next_check_at=check.at,
        )
        fetch = self._ledger(fault.kind, check, error=f"feed {self.feed.feed_id!r}: {fault.reason}")
        return FeedOutcome(feed=self.feed, fetch=fetch, state=state, error=fault)

    def _skipped(self, why: str, until: datetime | None) -> FeedOutcome:
        check = NextCheck(at=until, reason="Retry-After") if until else None
        fetch = self._ledger("skipped", check, error=f"feed {self.feed.feed_id!r}: {why}")
        return FeedOutcome(feed=self.feed, fetch=fetch, state=self.state)

    def _ledger(
        self,
        outcome: str,
        check: NextCheck | None,
        *,
        status: int | None = None,
        body_bytes: int = 0,
        error: str | None = None,
    ) -> Fetch:
        return Fetch(
            fetch_id=digest_id("fetch", self.run_id, self.feed.feed_id),
            feed_id=self.feed.feed_id,
            run_id=self.run_id,
            url=self.state.url,
            started_at=self.started_at,
            duration_s=round(time.monotonic() - self.began, 3),
            outcome=outcome,
            status=status,
            body_bytes=body_bytes,
            retry_count=self.retries,
            error=error,
            next_check_at=check.at if check else None,
            next_check_reason=check.reason if check else None,
            notes=tuple(self.notes),
        )


def _validator(value: str | None) -> str | None:
    """An ETag or a date to send back; None where it could not be sent as it came."""
    fit = value and len(value) <= LONGEST_VALIDATOR and value.isascii() and value.isprintable()
    return value if fit else None
