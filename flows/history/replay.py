"""An archive happens again: served as feeds, fetched, read and alerted by the archive's own clock.

Every pass is the one that reads the news, over HTTP and into a warehouse of its own. Waiting for
the next pass is cut short (or left out); what a pass takes is time in the archive as well, so that
the lag from publication to notice is what it would have been.
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

# Digests and what was held by a throttle go out within a day of the last article.
AFTERMATH = timedelta(days=1, minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayPlan:
    """What to play, how fast, and where what came of it is kept."""

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
    """One pass: when it was in the archive, its share of the whole, what it brought."""

    at: datetime
    share: float
    new_articles: int
    new_developments: int
    sent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayResult:
    """What came of a replay, and where it lies."""

    warehouse: Path
    snapshot: Path
    articles: int
    passes: int
    new_developments: int
    sent: int
    problems: tuple[str, ...] = ()
    reading: ReadCount = NOTHING_READ


@dataclass(slots=True, kw_only=True)
class Cast:
    """The feeds that play, with their articles, earliest first."""

    feeds: list[Feed] = field(default_factory=list)
    articles: dict[str, list[Article]] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)

    @property
    def times(self) -> list[datetime]:
        """When something appears, earliest first."""
        return sorted({a.first_seen_at for found in self.articles.values() for a in found})


OnReplayStep = Callable[[ReplayStep], None]


def replay_archive(
    settings: Settings, plan: ReplayPlan, on_step: OnReplayStep | None = None
) -> ReplayResult:
    """Play an archive from its first article to its last.

    What an earlier replay into the same folder fetched is held already: it goes on after that.
    Raises ConfigError when the archive holds nothing of these days.
    """
    archive_kind(plan.archive)
    if plan.fresh and plan.folder.exists():
        shutil.rmtree(plan.folder)
    plan.folder.mkdir(parents=True, exist_ok=True)
    cast = cast_of(settings, plan)
    times = cast.times
    if not times:
        read = cast.tally.count
        first = f"; first {read.refusals[0]}" if read.refusals else ""
        raise ConfigError(
            f"{plan.archive}: nothing in it from these days (--from, --to); "
            f"{read.read} read, {read.refused} refused{first}"
        )
    with open_warehouse(plan.folder / "replay.duckdb") as con:
        done = last_fetched_at(con)
    clock = ArchiveClock(max(times[0], done or times[0]), speed=plan.speed)
    with serve_archive(cast.feeds, cast.articles, clock) as feeds:
        stage = stage_of(settings, plan, feeds)
        book = rule_book(stage, plan)
        due = [t for t in times if not done or t > done]
        return replace(play(stage, plan, book, clock, due, on_step), reading=cast.tally.count)


def cast_of(settings: Settings, plan: ReplayPlan) -> Cast:
    """The archive's articles of the days asked for, by the feed they belong to."""
    listed = {feed.feed_id: feed for feed in load_feeds(settings.feeds)}
    first = datetime.combine(plan.from_date or date.min, day_time(), UTC)
    last = datetime.combine(plan.to_date or date.max, day_time.max, UTC)
    named, now, cast = plan.archive.name.split(".")[0], datetime.now(UTC), Cast()
    for item in read_archive(plan.archive):
        if isinstance(item, Refusal):
            cast.tally.refuse(item)
            continue
        if isinstance(item, Passed):
            cast.tally.passed += 1
            continue
        feed_id = plan.feed_id or item.feed_id or named
        article = article_or_refusal(item, feed_id=feed_id, fetched_at=now)
        if isinstance(article, Refusal):
            cast.tally.refuse(article)
        elif item.published_at is None and item.seen_at is None and article.published_at is None:
            told = "no date of its own: nothing can be played at its time"
            cast.tally.refuse(Refusal(place=item.place, reason=told))
        elif not first <= article.first_seen_at <= last:
            cast.tally.passed += 1
        else:
            cast.tally.stored += 1
            cast.articles.setdefault(feed_id, []).append(article)
    for feed_id, articles in cast.articles.items():
        articles.sort(key=lambda article: (article.first_seen_at, article.article_id))
        unknown = Feed(feed_id=feed_id, name=feed_id, url="http://replay.invalid/")
        cast.feeds.append(listed.get(feed_id, unknown))
    return cast


def stage_of(settings: Settings, plan: ReplayPlan, feeds: Sequence[Feed]) -> Settings:
    """The settings of a replay: its own feed list and warehouse, no manners on loopback."""
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


def rule_book(stage: Settings, plan: ReplayPlan) -> RuleBook:
    """The operator's rules; unless asked otherwise every channel is a file in the folder."""
    book = load_checked_rules(
        stage.warehouse, stage.rule_paths, stage.alert_tables_in, stage.default_channel
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


def play(
    stage: Settings,
    plan: ReplayPlan,
    book: RuleBook,
    clock: ArchiveClock,
    times: Sequence[datetime],
    on_step: OnReplayStep | None,
) -> ReplayResult:
    """Pass after pass at the cadence, those in which nothing can be new left out."""
    articles = developments = sent = passes = 0
    place = 0
    # At least one, for what an earlier replay fetched and was stopped before it was read.
    while place < len(times) or not passes:
        due = max(times[place], clock()) if place < len(times) else clock()
        clock.wait_until(next_pass(due, plan.every_minutes))
        now = clock()
        while place < len(times) and times[place] <= now:
            place += 1
        news = ingest_feeds(stage, clock=clock)
        read = extract_and_link(stage)
        told = tell(stage, book, clock)
        passes += 1
        articles += news.new_articles
        developments += read.new_developments
        sent += told
        if on_step is not None:
            on_step(
                ReplayStep(
                    at=now,
                    share=place / max(len(times), 1),
                    new_articles=news.new_articles,
                    new_developments=read.new_developments,
                    sent=told,
                )
            )
    clock.wait_until(clock() + AFTERMATH)
    sent += tell(stage, book, clock)
    publish(stage.warehouse, stage.snapshot)
    return ReplayResult(
        warehouse=stage.warehouse,
        snapshot=stage.snapshot,
        articles=articles,
        passes=passes,
        new_developments=developments,
        sent=sent,
        problems=tuple(str(problem) for problem in book.problems),
    )


def tell(stage: Settings, book: RuleBook, clock: ArchiveClock) -> int:
    """Ask the rules and deliver, by the archive's clock; how many notices went."""
    enqueue_new(stage.warehouse, book, clock())
    counts, _ = deliver_due(stage.warehouse, book, clock=clock)
    return counts.sent


def next_pass(at: datetime, every_minutes: int) -> datetime:
    """The first moment of the cadence that is not before `at`, counted from midnight UTC."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    every = timedelta(minutes=every_minutes)
    return midnight + -((midnight - at) // every) * every
