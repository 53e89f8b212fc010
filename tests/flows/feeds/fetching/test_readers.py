import asyncio
import pickle
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from extractors.feeds import reader_process as feed_worker
from extractors.feeds.reader_process import LENGTH
from extractors.feeds.reading import ReadFeed, read_feed
from extractors.feeds.reading_requests import FeedBody
from flows.feeds.fetching.readers import FeedReaders, workers_for
from models.article import Article
from models.errors import FeedParseError
from models.feed import FeedEntry, FetchedFeed

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


def test_a_body_that_is_not_a_feed_raises_as_in_a_plain_call() -> None:
    async def go() -> None:
        async with FeedReaders() as readers:
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
            with pytest.raises(FeedParseError, match=r"more than 0.05 s") as caught:
                await readers.read(body(2, b"<rss>" + b"<a><b>x</b>" * 200_000))
            assert caught.value.kind == "unreadable"
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


def test_articles_of_an_archive_are_first_seen_at_their_own_dates() -> None:
    (article,) = read_feed(body(1), archive_clock=True).articles
    assert article.first_seen_at == datetime(2025, 11, 3, 8, tzinfo=UTC)
    (article,) = read_feed(body(1)).articles
    assert article.first_seen_at == NOW


def test_there_is_always_at_least_one_process() -> None:
    assert workers_for(0) == workers_for(1) == 1
    assert 1 <= workers_for(120) <= 4


def test_no_process_is_started_before_there_is_something_to_read() -> None:
    async def go() -> int:
        async with FeedReaders(4) as readers:
            idle = len(readers._running)
            await readers.read(body(1))
            await readers.read(body(2))
            return idle * 100 + len(readers._running)

    assert asyncio.run(go()) == 1


def test_a_body_that_takes_more_memory_than_it_may_is_unreadable() -> None:
    # Small in bytes, large in objects.
    items = (
        b'{"version":"https://jsonfeed.org/version/1.1","items":[' + b"{}," * 3_000_000 + b"{}]}"
    )

    async def go() -> None:
        async with FeedReaders(memory_bytes=150 << 20) as readers:
            with pytest.raises(FeedParseError) as caught:
                await readers.read(body(1, items))
            assert caught.value.kind == "unreadable"
            assert "memory" in caught.value.reason
            assert (await readers.read(body(2))).parsed.entries

    asyncio.run(go())


def test_a_fault_in_our_code_names_its_class_and_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_worker, "read_feed", lambda *_a, **_k: 1 // 0)
    said = pickle.loads(feed_worker.work(pickle.dumps(FeedBody(fetched=body(1)))))
    assert said.kind == "internal_error"
    assert said.reason.startswith("cannot be read: ZeroDivisionError")
    assert "(at extractors.feeds.reader_process:" in said.reason


def test_a_reader_whose_parent_was_killed_ends_by_itself() -> None:
    hang = (
        "import signal, extractors.feeds.reader_process as w; "
        "w.work = lambda f: signal.pause(); w.main()"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", hang, "--alarm-s=1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert worker.stdin is not None
    worker.stdin.write(LENGTH.pack(1) + b"x")
    worker.stdin.flush()
    assert worker.wait(timeout=20) == -signal.SIGALRM
    worker.stdin.close()


def page(html: str, **limits: float) -> Article | FeedParseError:
    entry = FeedEntry(feed_id="f", guid="1", link="https://f.example/1", title="Quota cut on steel")

    async def go() -> Article | FeedParseError:
        async with FeedReaders(**limits) as readers:  # type: ignore[arg-type]
            try:
                return await readers.page(entry, html, fetched_at=NOW, first_seen_at=NOW)
            except FeedParseError as error:
                return error

    return asyncio.run(go())


def test_pages_are_read_by_the_same_processes() -> None:
    prose = "The ministry cut the quota on steel by half, officials said. " * 12
    found = page(f"<html><body><article><p>{prose}</p></article></body></html>")
    assert isinstance(found, Article)
    assert (found.text_source, found.language) == ("page", "en")


def test_a_page_too_complex_to_read_is_refused_early() -> None:
    began = time.monotonic()
    found = page("<html><body><p>" + "<span>word </span>" * 300_000 + "</p></body></html>")
    assert isinstance(found, FeedParseError)
    assert "600,000" in found.reason or "tags" in found.reason
    assert time.monotonic() - began < 10
