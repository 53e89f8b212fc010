"""Finds a feed at a URL and appends feeds to the list: `policywire feeds add URL`, imports."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from extractors.feeds.parse import find_alternates
from flows.base.fetch_settings import FetchSettings
from flows.base.interrupts import run_async
from flows.base.settings import Settings
from flows.feeds.feed_list import feed_as_toml, load_feeds, new_feed_id, read_feeds
from flows.feeds.fetching.addresses import host_and_port, literal_address
from flows.feeds.fetching.fetch import FeedOutcome, fetch_feeds
from flows.feeds.fetching.readers import readers_for
from models.errors import ConfigError, FeedParseError, FetchError
from models.feed import Feed, ParsedFeed


def add_feed(settings: Settings, url: str, *, feed_id: str | None = None) -> Feed:
    """Find the feed at a URL, or one that the page there links to; append it to the feed list.

    Raises ConfigError when there is no feed, when it is in the list already, or when the list
    cannot be written.
    """
    listed = load_feeds(settings.feeds)
    ids = {f.feed_id for f in listed}
    feed = run_async(discover(url, settings.fetch.settings(run_id="add"), taken=ids))
    if feed_id is not None:
        if feed_id in ids:
            raise ConfigError(f"{settings.feeds}: feed {feed_id!r}: id: already in use")
        feed = replace(feed, feed_id=feed_id)
    known = next((f for f in listed if f.url == feed.url), None)
    if known is not None:
        raise ConfigError(f"{feed.url}: already in {settings.feeds} as {known.feed_id!r}")
    append_feeds(settings.feeds, [feed])
    return feed


async def discover(url: str, settings: FetchSettings, *, taken: set[str]) -> Feed:
    """The feed at a URL, or the first working one that its page links to. Raises ConfigError."""
    tried: list[str] = []
    queue = [url if "://" in url else f"https://{url}"]
    while queue and len(tried) < 6:
        candidate = queue.pop(0)
        tried.append(candidate)
        found, alternates, reason = await _try(candidate, settings)
        if found is not None:
            name = found.title or candidate
            return Feed(
                feed_id=new_feed_id(name, candidate, taken),
                name=name,
                url=candidate,
                kind=_kind(found),
                language=(found.language or "en").partition("-")[0].lower() or "en",
            )
        if len(tried) == 1:
            queue += [a for a in alternates if _may_follow(a, candidate)]
            if not queue:
                raise ConfigError(f"{candidate}: no feed here: {reason}")
    raise ConfigError(f"{url}: none of the feeds the page points to works: {', '.join(tried[1:])}")


def _may_follow(alternate: str, page: str) -> bool:
    # The operator may type a loopback address. A page may link to one only at the same host and
    # port that the operator typed.
    try:
        there = host_and_port(alternate)
        address = literal_address(there[0])
        return address is None or not address.is_loopback or there == host_and_port(page)
    except FetchError:
        return False


async def _try(url: str, settings: FetchSettings) -> tuple[ParsedFeed | None, tuple[str, ...], str]:
    outcomes: list[FeedOutcome] = []
    probe = Feed(feed_id="new", name=url, url=url)
    await fetch_feeds([probe], {}, settings, on_done=outcomes.append)
    fetched = outcomes[0].fetched
    if fetched is None:
        return None, (), (outcomes[0].fetch.error or "no answer").removeprefix("feed 'new': ")
    try:
        async with readers_for(1, settings) as readers:
            return (await readers.read(fetched)).parsed, (), ""
    except FeedParseError as error:
        return None, error.alternates or find_alternates(fetched.body, fetched.url), error.reason


def _kind(found: ParsedFeed) -> str:
    return next((k for k in ("atom", "json") if found.format.startswith(k)), "rss")


def append_feeds(path: Path, feeds: Sequence[Feed]) -> None:
    """Append feeds to a list; the rest of the file stays as it is.

    Raises ConfigError, and changes nothing, when the file cannot be written or the result would not
    be a valid list.
    """
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        whole = text.rstrip("\n") + "\n" * 2 * bool(text.strip())
        whole += "\n".join(feed_as_toml(feed) for feed in feeds)
        read_feeds(whole, where=str(path))
        beside = path.with_name(path.name + ".new")
        beside.write_text(whole, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be written: {error}; give a list with --feeds"
        ) from error
