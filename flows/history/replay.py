"""Replay an archive: serve it as feeds, and run real passes on them by the archive's clock.

Passes fetch over HTTP and write to a warehouse of their own. Only the waiting between passes is
shortened or skipped; the time a pass takes counts in full, so the delay from publication to notice
is realistic.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as day_time
from pathlib import Path

from flows.alerting.rounds import deliver_due, enqueue_new, load_checked_rules
from flows.alerting.rules import Channel, RuleBook
from flows.base.clock import ArchiveClock
from flows.base.settings import Settings
from flows.extract import extract_and_link
from flows.feeds.feed_list import feed_as_toml, load_feeds
from flows.history.archives import archive_kind, read_archive
from flows.history.backfill import article_or_refusal
from flows.history.replay_server import serve_archive
from flows.ingest import ingest_feeds
from models.article import Article
from models.errors import ConfigError
from models.feed import Feed
from models.reading import NOTHING_READ, Passed, ReadCount, Refusal, Tally
from warehouse.articles.articles import last_fetched_at
from warehouse.connection import open_warehouse
from warehouse.snapshot import publish

# Digests and throttled notices are due within a day after the last article.
LAST_NOTICES_AFTER = timedelta(days=1, minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayPlan:
    """What to replay, how fast, and the folder for the results."""

    archive: Path
    folder: Path
    feed_id: str = ""
    from_date: date | None = None
    to_date: date | None = None
    speed: float = 0.0
    every_minutes: int = 15
    send: bool = False
    fresh: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayStep:
    """One pass: its time in the archive, the share done, and what it found."""

    at: datetime
    share: float
    new_articles: int
    new_developments: int
    sent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayResult:
    """The result of a replay and its files."""

    warehouse: Path
    snapshot: Path
    articles: int
    passes: int
    new_developments: int
    sent: int
    problems: tuple[str, ...] = ()
    reading: ReadCount = NOTHING_READ


@dataclass(slots=True, kw_only=True)
class ReplayFeeds:
    """The feeds of a replay with their articles, earliest first."""

    feeds: list[Feed] = field(default_factory=list)
    articles: dict[str, list[Article]] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)

    @property
    def times(self) -> list[datetime]:
        """Return the times at which articles appear, earliest first."""
        return sorted({a.first_seen_at for found in self.articles.values() for a in found})


OnReplayStep = Callable[[ReplayStep], None]


def replay_archive(
    settings: Settings, plan: ReplayPlan, on_step: OnReplayStep | None = None
) -> ReplayResult:
    """Replay an archive from its first article to its last.

    Continues after the articles that an earlier replay into the same folder has fetched. Raises
    ConfigError when the archive has no article in the chosen days.
    """
    archive_kind(plan.archive)
    if plan.fresh and plan.folder.exists():
        shutil.rmtree(plan.folder)
    plan.folder.mkdir(parents=True, exist_ok=True)
    found = replay_feeds(settings, plan)
    times = found.times
    if not times:
        read = found.tally.count
        first = f"; first {read.refusals[0]}" if read.refusals else ""
        raise ConfigError(
            f"{plan.archive}: no article in these days (--from, --to); "
            f"{read.read} read, {read.refused} refused{first}"
        )
    with open_warehouse(plan.folder / "replay.duckdb") as con:
        done = last_fetched_at(con)
    clock = ArchiveClock(max(times[0], done or times[0]), speed=plan.speed)
    with serve_archive(found.feeds, found.articles, clock) as feeds:
        replay_settings = settings_for_replay(settings, plan, feeds)
        book = rule_book(replay_settings, plan)
        due = [t for t in times if not done or t > done]
        return replace(
            run_passes(replay_settings, plan, book, clock, due, on_step), reading=found.tally.count
        )


def replay_feeds(settings: Settings, plan: ReplayPlan) -> ReplayFeeds:
    """Return the articles of the chosen days by feed, and counts of the archive's records."""
    listed = {feed.feed_id: feed for feed in load_feeds(settings.feeds)}
    first = datetime.combine(plan.from_date or date.min, day_time(), UTC)
    last = datetime.combine(plan.to_date or date.max, day_time.max, UTC)
    named, now, found = plan.archive.name.split(".")[0], datetime.now(UTC), ReplayFeeds()
    for item in read_archive(plan.archive):
        if isinstance(item, Refusal):
            found.tally.refuse(item)
            continue
        if isinstance(item, Passed):
            found.tally.passed += 1
            continue
        feed_id = plan.feed_id or item.feed_id or named
        article = article_or_refusal(item, feed_id=feed_id, fetched_at=now)
        if isinstance(article, Refusal):
            found.tally.refuse(article)
        elif item.published_at is None and item.seen_at is None and article.published_at is None:
            reason = "no date: its place in the replay is unknown"
            found.tally.refuse(Refusal(place=item.place, reason=reason))
        elif not first <= article.first_seen_at <= last:
            found.tally.passed += 1
        else:
            found.tally.stored += 1
            found.articles.setdefault(feed_id, []).append(article)
    for feed_id, articles in found.articles.items():
        articles.sort(key=lambda article: (article.first_seen_at, article.article_id))
        unknown = Feed(feed_id=feed_id, name=feed_id, url="http://replay.invalid/")
        found.feeds.append(listed.get(feed_id, unknown))
    return found


def settings_for_replay(settings: Settings, plan: ReplayPlan, feeds: Sequence[Feed]) -> Settings:
    """Return the settings of a replay: own feed list and warehouse, no gap between requests."""
    listed = plan.folder / "feeds.toml"
    listed.write_text("\n".join(feed_as_toml(feed) for feed in feeds), "utf-8")
    return settings.model_copy(
        update={
            "warehouse": plan.folder / "replay.duckdb",
            "feeds": listed,
            "archive_clock": False,
            "fetch": settings.fetch.model_copy(update={"host_gap_s": 0.0}),
        }
    )


def rule_book(replay_settings: Settings, plan: ReplayPlan) -> RuleBook:
    """Return the operator's rules; without --send, every channel is a file in the folder."""
    book = load_checked_rules(
        replay_settings.warehouse,
        replay_settings.rule_paths,
        replay_settings.alert_tables_in,
        replay_settings.default_channel,
    )
    if plan.send:
        return book
    return replace(
        book,
        channels=tuple(
            Channel(
                channel_id=channel.channel_id,
                kind="file",
                path=str((plan.folder / f"alerts-{channel.channel_id}.jsonl").resolve()),
            )
            for channel in book.channels
        ),
    )


def run_passes(
    replay_settings: Settings,
    plan: ReplayPlan,
    book: RuleBook,
    clock: ArchiveClock,
    times: Sequence[datetime],
    on_step: OnReplayStep | None,
) -> ReplayResult:
    """Run the passes; skip those without a new article."""
    articles = developments = sent = passes = 0
    place = 0
    # At least one pass, to read what an earlier replay fetched before it was stopped.
    while place < len(times) or not passes:
        due = max(times[place], clock()) if place < len(times) else clock()
        clock.wait_until(next_pass(due, plan.every_minutes))
        now = clock()
        while place < len(times) and times[place] <= now:
            place += 1
        news = ingest_feeds(replay_settings, clock=clock)
        read = extract_and_link(replay_settings)
        notices = send_alerts(replay_settings, book, clock)
        passes += 1
        articles += news.new_articles
        developments += read.new_developments
        sent += notices
        if on_step is not None:
            on_step(
                ReplayStep(
                    at=now,
                    share=place / max(len(times), 1),
                    new_articles=news.new_articles,
                    new_developments=read.new_developments,
                    sent=notices,
                )
            )
    clock.wait_until(clock() + LAST_NOTICES_AFTER)
    sent += send_alerts(replay_settings, book, clock)
    publish(replay_settings.warehouse, replay_settings.snapshot)
    return ReplayResult(
        warehouse=replay_settings.warehouse,
        snapshot=replay_settings.snapshot,
        articles=articles,
        passes=passes,
        new_developments=developments,
        sent=sent,
        problems=tuple(str(problem) for problem in book.problems),
    )


def send_alerts(replay_settings: Settings, book: RuleBook, clock: ArchiveClock) -> int:
    """Evaluate the rules and deliver by the archive's clock; return how many notices were sent."""
    enqueue_new(replay_settings.warehouse, book, clock())
    counts, _ = deliver_due(replay_settings.warehouse, book, clock=clock)
    return counts.sent


def next_pass(at: datetime, every_minutes: int) -> datetime:
    """Return the first pass time at or after `at`; passes are counted from midnight UTC."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    every = timedelta(minutes=every_minutes)
    return midnight + -((midnight - at) // every) * every
