import asyncio
from datetime import UTC, datetime

import pytest

from extractors.feed_reading import ReadFeed, read_feed
from flows.feed_readers import FeedReaders, workers_for
from models.errors import FeedParseError
from models.feed import FetchedFeed

NOW = datetime(2025, 11, 10, 12, tzinfo=UTC)
RSS = (
    b'<rss version="2.0"><channel><title>T</title><item><title>Quota %d</title><guid>g%d</guid>'
    b"<pubDate>Mon, 03 Nov 2025 08:00:00 GMT</pubDate></item></channel></rss>"
)


def body(n: int, data: bytes | None = None) -> FetchedFeed:
    text = RSS % (n, n) if data is None else data
    return FetchedFeed(
        feed_id=f"f{n}", url=f"https://f{n}.example/", status=200, fetched_at=NOW, body=text
    )


def test_workers_give_what_a_plain_call_gives() -> None:
    async def go() -> list[ReadFeed]:
        async with FeedReaders(2) as readers:
            return await asyncio.gather(*(readers.read(body(n)) for n in range(8)))

    assert asyncio.run(go()) == [read_feed(body(n)) for n in range(8)]


@pytest.mark.parametrize("workers", [0, 1])
def test_a_body_that_is_no_feed_raises_here_as_there(workers: int) -> None:
    async def go() -> None:
        async with FeedReaders(workers) as readers:
            with pytest.raises(FeedParseError) as caught:
                await readers.read(body(1, b"<html></html>"))
            assert caught.value.kind == "not_a_feed"
            assert (await readers.read(body(2))).parsed.entries

    asyncio.run(go())


def test_a_reader_that_takes_too_long_is_killed_alone_and_replaced() -> None:
    async def go() -> None:
        async with FeedReaders(1) as readers:
            await readers.read(body(1))
            (first,) = readers._running
            readers._timeout_s = 0.05
            with pytest.raises(FeedParseError, match=r"more than 0.05 s"):
                await readers.read(body(2, b"<rss>" + b"<a><b>x</b>" * 200_000))
            readers._timeout_s = 20.0
            assert (await readers.read(body(3))).parsed.entries
            assert first.returncode is not None

    asyncio.run(go())


def test_a_dead_reader_costs_one_feed_and_no_more() -> None:
    async def go() -> None:
        async with FeedReaders(1) as readers:
            await readers.read(body(1))
            (process,) = readers._running
            process.kill()
            await process.wait()
            with pytest.raises(FeedParseError, match="died"):
                await readers.read(body(2))
            assert (await readers.read(body(3))).parsed.entries

    asyncio.run(go())


def test_archives_count_as_seen_when_they_say() -> None:
    (article,) = read_feed(body(1), archive_clock=True).articles
    assert article.first_seen_at == datetime(2025, 11, 3, 8, tzinfo=UTC)
    (article,) = read_feed(body(1)).articles
    assert article.first_seen_at == NOW


def test_a_few_feeds_need_no_processes() -> None:
    assert workers_for(12) == 0
    assert 1 <= workers_for(120) <= 4
