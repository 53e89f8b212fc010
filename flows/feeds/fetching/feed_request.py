"""One feed's request in one run: ask, retry where a retry can help, report the outcome."""

import asyncio
import hashlib
import logging
import random
import time
from dataclasses import replace
from datetime import datetime, timedelta

from extractors.feeds.web_address import web_address
from flows.feeds.fetching.addresses import host_and_port, rules_for
from flows.feeds.fetching.http_client import HttpClient, HttpResponse
from flows.feeds.fetching.http_status import NO_RETRY, status_error
from flows.feeds.fetching.next_check import (
    NextCheck,
    after_answer,
    after_failure,
    bounds_s,
    cache_time_s,
)
from flows.feeds.fetching.outcome import FeedOutcome
from flows.feeds.fetching.politeness import Lane
from models.errors import FetchError, TransientFetchError
from models.fault import fault_line
from models.feed import Feed, FeedState, Fetch, FetchedFeed
from models.identity import digest_id

log = logging.getLogger("policywire.fetch")
LONGEST_VALIDATOR = 1000


class FeedRequest:
    """Asks one feed and turns its answer, or the error, into a FeedOutcome."""

    def __init__(self, feed: Feed, state: FeedState, client: HttpClient, run_id: str) -> None:
        self.feed, self.state, self.client, self.run_id = feed, state, client, run_id
        self.settings = client.settings
        self.started_at = client.settings.clock()
        self.began = time.monotonic()
        self.retries = 0
        self.notes: list[str] = []
        self.jitter = random.Random(run_id + feed.feed_id)  # noqa: S311 - spreads load

    async def run(self) -> FeedOutcome:
        """Ask the feed; every error is in the outcome."""
        try:
            return await self._run()
        except Exception as error:  # noqa: BLE001 - one feed's fault must not be the others'
            return self._broken(error)

    async def _run(self) -> FeedOutcome:
        if (skipped := self._skipped_by_state()) is not None:
            return skipped
        try:
            lane = self.client.lanes.lane(host_and_port(self.state.url)[0])
            if (skipped := self._skipped_by_host(lane)) is not None:
                return skipped
            response = await self._ask(lane)
        except FetchError as error:
            return self._failed(error)
        lane.note_answer()
        return self._answered(response)

    # Feeds that are not asked

    def _skipped_by_state(self) -> FeedOutcome | None:
        """The outcome of a feed that is not to be asked now, else None."""
        hold_until = self.state.hold_until
        if self.state.retired:
            return self._skipped("retired: its server said it is gone for good (410)", None)
        if hold_until and hold_until > self.started_at:
            until = f"{hold_until:%Y-%m-%d %H:%M:%S} UTC"
            return self._skipped(f"its server asked us to wait until {until}", hold_until)
        if self.feed.kind.endswith("_template"):
            return self._skipped(
                "a template: add a feed of its own with the {...} parts filled in", None
            )
        return None

    def _skipped_by_host(self, lane: Lane) -> FeedOutcome | None:
        """The outcome of a feed whose host asked us to wait, else None."""
        if not lane.waits_until or lane.waits_until <= self.settings.clock():
            return None
        until = f"{lane.waits_until:%Y-%m-%d %H:%M:%S} UTC"
        return self._skipped(f"{lane.host} asked us to wait until {until}", lane.waits_until)

    def _skipped(self, why: str, until: datetime | None) -> FeedOutcome:
        check = NextCheck(at=until, reason="Retry-After") if until else None
        fetch = self._ledger_row("skipped", check, error=f"feed {self.feed.feed_id!r}: {why}")
        return FeedOutcome(feed=self.feed, fetch=fetch, state=self.state)

    # Requests and retries

    async def _ask(self, lane: Lane) -> HttpResponse:
        """The answer of the feed's server. Raises FetchError, after retries if those can help."""
        try:
            return await self._try_once(None)
        except TransientFetchError as error:
            failure = error
        # The host is in trouble: until we are done, our retries are its only new requests.
        async with lane.retries_only():
            began = time.monotonic()
            while (pause_s := self._pause_s(failure)) is not None and lane.may_retry():
                await asyncio.sleep(pause_s)
                self.retries += 1
                self.notes.append(f"try {self.retries}: {failure.kind}")
                try:
                    return await self._try_once(lane)
                except TransientFetchError as error:
                    failure = error
                finally:
                    lane.note_retry(time.monotonic() - began)
                    began = time.monotonic()
        if failure.kind == "http_429" and failure.retry_after_s:
            wait_s = min(failure.retry_after_s, self.settings.host_wait_cap_s)
            lane.note_refusal(self.settings.clock() + timedelta(seconds=wait_s))
        raise failure

    async def _try_once(self, held_lane: Lane | None) -> HttpResponse:
        headers: dict[str, str] = {}
        if self.state.etag:
            headers["If-None-Match"] = self.state.etag
        if self.state.last_modified:
            headers["If-Modified-Since"] = self.state.last_modified
        response = await self.client.get(
            self.state.url, headers=headers, rules=rules_for(self.feed), held_lane=held_lane
        )
        if response.status == 304 or 200 <= response.status < 300:
            return response
        raise status_error(response, self.state.url, now=self.settings.clock())

    def _pause_s(self, error: TransientFetchError) -> float | None:
        """The pause before the next try; None when another try cannot help."""
        if self.retries >= self.settings.retries or error.kind in NO_RETRY:
            return None
        if error.retry_after_s is not None:
            asked = error.retry_after_s
            return asked if asked <= self.settings.retry_after_in_run_s else None
        if error.kind == "http_429":
            return None
        backoff = self.settings.retry_backoff_s * 1.5**self.retries
        return float(backoff * (1.0 + self.jitter.random() / 4))

    # Answers

    def _answered(self, response: HttpResponse) -> FeedOutcome:
        now = self.settings.clock()
        state = self._moved(response, replace(self.state, failure_count=0, hold_until=None))
        state, changed = self._remember(response, state)
        check = after_answer(
            self.feed,
            state,
            self.settings,
            now=now,
            cache_s=cache_time_s(
                response.header("cache-control"),
                response.header("expires"),
                response.header("date"),
                now=now,
            ),
            jitter=self.jitter,
        )
        fetched = None
        if changed:
            fetched = FetchedFeed(
                feed_id=self.feed.feed_id,
                url=response.url,
                status=response.status,
                fetched_at=now,
                headers=response.headers,
                body=response.body,
            )
        fetch = self._ledger_row(
            "ok" if changed else "not_modified",
            check,
            status=response.status,
            body_bytes=len(response.body),
        )
        return FeedOutcome(
            feed=self.feed,
            fetch=fetch,
            state=replace(state, next_check_at=check.at),
            fetched=fetched,
        )

    def _moved(self, response: HttpResponse, state: FeedState) -> FeedState:
        """Count a permanent redirect; after enough agreeing answers, it is the feed's address."""
        target = web_address(response.permanent_url())
        if target is None:
            return replace(state, redirect_url=None, redirect_count=0)
        count = state.redirect_count + 1 if target == state.redirect_url else 1
        needed = self.settings.permanent_redirects_needed
        if count < needed:
            self.notes.append(f"moved permanently to {target} ({count} of {needed})")
            return replace(state, redirect_url=target, redirect_count=count)
        self.notes.append(f"address changed to {target}")
        return replace(state, url=target, redirect_url=None, redirect_count=0)

    def _remember(self, response: HttpResponse, state: FeedState) -> tuple[FeedState, bool]:
        """The state with the answer's validators and digest; whether its body is a new one."""
        if response.status == 304:
            return state, False
        digest = hashlib.blake2b(response.body, digest_size=16).hexdigest()
        changed = digest != state.body_digest
        if not changed:
            self.notes.append("same bytes as last time, sent without a 304")
        remembered = replace(
            state,
            etag=_validator(response.header("etag")),
            last_modified=_validator(response.header("last-modified")),
            body_digest=digest,
        )
        return remembered, changed

    # Failures

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
        fetch = self._ledger_row(
            error.kind,
            None if gone else check,
            status=int(status) if status.isdecimal() else None,
            error=f"feed {self.feed.feed_id!r}: {error.reason}",
        )
        return FeedOutcome(feed=self.feed, fetch=fetch, state=state, error=error)

    def _broken(self, error: Exception) -> FeedOutcome:
        """The outcome of a fault in our code; forgets the validators, which may have caused it."""
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
        fetch = self._ledger_row(
            fault.kind, check, error=f"feed {self.feed.feed_id!r}: {fault.reason}"
        )
        return FeedOutcome(feed=self.feed, fetch=fetch, state=state, error=fault)

    def _ledger_row(
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
    """An ETag or a date to send back; None if it could not be sent back unchanged."""
    fit = value and len(value) <= LONGEST_VALIDATOR and value.isascii() and value.isprintable()
    return value if fit else None
