"""The outcome of one feed in one run: first from its answer, then with what its body held."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flows.base.fetch_settings import FetchSettings
from flows.feeds.fetching.next_check import after_answer, after_failure, cache_time_s, learn
from models.errors import FeedParseError, PipelineError
from models.feed import Feed, FeedState, Fetch, FetchedFeed, ParsedFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOutcome:
    """The outcome of one feed in one run.

    `fetched` is set only when there is something to parse: not after a 304, an unchanged body, a
    failure or a skipped feed.
    """

    feed: Feed
    fetch: Fetch
    state: FeedState
    fetched: FetchedFeed | None = None
    error: PipelineError | None = None


def with_parsed(
    outcome: FeedOutcome,
    parsed: ParsedFeed | FeedParseError,
    settings: FetchSettings,
    *,
    new_count: int = 0,
    changed_count: int = 0,
) -> FeedOutcome:
    """The outcome with the result of parsing: counts, bozo reason, rhythm, next check.

    A body that is not a feed counts as a failure. Its validators are dropped, so that the next
    answer comes with a body and the failure shows until it is fixed.
    """
    if isinstance(parsed, FeedParseError):
        return _not_parsed(outcome, parsed, settings)
    now, jitter = _end_of(outcome.fetch), _jitter_of(outcome.fetch)
    learned = learn(outcome.state, parsed, now=now)
    headers = outcome.fetched.header if outcome.fetched else (lambda _name: None)
    check = after_answer(
        outcome.feed,
        learned,
        settings,
        now=now,
        cache_s=cache_time_s(
            headers("cache-control"), headers("expires"), headers("date"), now=now
        ),
        jitter=jitter,
    )
    fetch = replace(
        outcome.fetch,
        entry_count=len(parsed.entries),
        new_count=new_count,
        changed_count=changed_count,
        bozo=parsed.bozo,
        replaced_share=parsed.replaced_share,
        notes=outcome.fetch.notes + parsed.notes,
        next_check_at=check.at,
        next_check_reason=check.reason,
    )
    return replace(outcome, fetch=fetch, state=replace(learned, next_check_at=check.at))


def _not_parsed(
    outcome: FeedOutcome, error: FeedParseError, settings: FetchSettings
) -> FeedOutcome:
    failures = outcome.state.failure_count + 1
    check = after_failure(
        outcome.feed,
        settings,
        now=_end_of(outcome.fetch),
        failure_count=failures,
        retry_after_s=None,
        jitter=_jitter_of(outcome.fetch),
    )
    state = replace(
        outcome.state,
        etag=None,
        last_modified=None,
        body_digest=None,
        failure_count=failures,
        redirect_url=None,
        redirect_count=0,
        next_check_at=check.at,
    )
    fetch = replace(
        outcome.fetch,
        outcome=error.kind,
        error=f"feed {outcome.feed.feed_id!r}: {error.reason}",
        next_check_at=check.at,
        next_check_reason=check.reason,
    )
    return replace(outcome, fetch=fetch, state=state, error=error)


def _end_of(fetch: Fetch) -> datetime:
    return fetch.started_at + timedelta(seconds=fetch.duration_s)


def _jitter_of(fetch: Fetch) -> random.Random:
    return random.Random(fetch.fetch_id)  # noqa: S311 - spreads load, guards nothing
