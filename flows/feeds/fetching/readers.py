"""Reads feeds and pages in worker processes, with a deadline, so that no body can hang the flow.

These are plain subprocesses, not multiprocessing: they do not import the parent's program again,
and one that hangs can be killed alone. A process starts when there is something to read, so a pass
in which nothing changed starts none.
"""

import asyncio
import os
import pickle
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any

from extractors.feeds.reader_process import LENGTH
from extractors.feeds.reading import ReadFeed, with_languages
from extractors.feeds.reading_requests import (
    FeedBody,
    NotRead,
    PageOfEntry,
    ReadingRequest,
)
from extractors.text.language import UNDECIDED, language_of
from flows.base.child_python import command, environment
from flows.base.fetch_settings import FetchSettings
from models.article import Article
from models.errors import FeedParseError
from models.feed import FeedEntry, FetchedFeed

MOST_READERS = 4
DEFAULTS = FetchSettings()


def readers_for(feed_count: int, settings: FetchSettings) -> "FeedReaders":
    """The readers for a pass over `feed_count` feeds."""
    return FeedReaders(
        workers_for(feed_count),
        timeout_s=settings.reading_s,
        memory_bytes=settings.reader_memory_bytes,
    )


def workers_for(feed_count: int) -> int:
    """The most processes to start: one per core, but not more than feeds, nor more than four."""
    return max(1, min(MOST_READERS, os.cpu_count() or 1, feed_count))


class FeedReaders(AbstractAsyncContextManager["FeedReaders"]):
    """A pool of reader processes, started when needed, killed and replaced at the deadline."""

    def __init__(
        self,
        workers: int = 1,
        *,
        timeout_s: float = DEFAULTS.reading_s,
        memory_bytes: int = DEFAULTS.reader_memory_bytes,
    ) -> None:
        self._timeout_s = timeout_s
        self._memory_bytes = memory_bytes
        self._idle: asyncio.LifoQueue[asyncio.subprocess.Process | None] = asyncio.LifoQueue()
        for _ in range(max(1, workers)):
            self._idle.put_nowait(None)
        self._running: set[asyncio.subprocess.Process] = set()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # The processes hold nothing that could be lost.
        for process in list(self._running):
            await self._drop(process)

    async def read(self, fetched: FetchedFeed, *, archive_clock: bool = False) -> ReadFeed:
        """Read a body into articles. Raises FeedParseError if it is not a feed, takes too long or
        too much memory, or meets a fault in our code.
        """
        request = FeedBody(fetched=fetched, archive_clock=archive_clock)
        read: ReadFeed = await self._ask(request, fetched.url)
        return await asyncio.to_thread(with_languages, read)

    async def page(
        self, entry: FeedEntry, html: bytes | str, *, fetched_at: datetime, first_seen_at: datetime
    ) -> Article:
        """Return the entry as an article with its page's text. Raises FeedParseError, as `read`."""
        request = PageOfEntry(
            entry=entry, fetched_at=fetched_at, first_seen_at=first_seen_at, html=html
        )
        article: Article = await self._ask(request, entry.link or entry.feed_id)
        if article.language != UNDECIDED:
            return article
        text = f"{article.title}\n{article.text}"
        language = await asyncio.to_thread(language_of, text, declared=entry.language)
        return replace(article, language=language)

    async def _ask(self, request: ReadingRequest, url: str) -> Any:
        process = await self._idle.get()
        try:
            process = process or await self._start()
            async with asyncio.timeout(self._timeout_s):
                result = await self._exchange(process, request)
            if isinstance(result, NotRead) and result.kind == "unreadable":
                # This process reached its limits; the next request gets a new one.
                await self._drop(process)
                process = None
        except TimeoutError as error:
            await self._drop(process)
            process = None
            reason = f"reading took more than {self._timeout_s:g} s; given up"
            raise FeedParseError(url, reason, kind="unreadable") from error
        except (OSError, EOFError, asyncio.IncompleteReadError) as error:
            await self._drop(process)
            process = None
            reason = "the process reading it died, out of memory perhaps"
            raise FeedParseError(url, reason, kind="unreadable") from error
        except BaseException:
            # Cancelled: the process would answer the next request with this one's answer.
            await self._drop(process)
            process = None
            raise
        finally:
            self._idle.put_nowait(process)
        if isinstance(result, NotRead):
            raise FeedParseError(url, result.reason, kind=result.kind)
        if isinstance(result, FeedParseError):
            raise result
        return result

    async def _start(self) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *command(
                "extractors.feeds.reader_process",
                f"--memory-bytes={self._memory_bytes}",
                f"--alarm-s={2 * int(self._timeout_s) + 1}",
            ),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=environment(),
            # Ctrl-C goes to the parent only, which ends its readers in order.
            start_new_session=True,
            limit=1 << 20,
        )
        self._running.add(process)
        return process

    @staticmethod
    async def _exchange(process: asyncio.subprocess.Process, request: ReadingRequest) -> Any:
        assert process.stdin is not None, "is a pipe"
        assert process.stdout is not None, "is a pipe"
        frame = pickle.dumps(request, protocol=pickle.HIGHEST_PROTOCOL)
        process.stdin.write(LENGTH.pack(len(frame)) + frame)
        await process.stdin.drain()
        size = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))[0]
        return pickle.loads(await process.stdout.readexactly(size))  # noqa: S301 - our own worker

    async def _drop(self, process: asyncio.subprocess.Process | None) -> None:
        if process is None:
            return
        self._running.discard(process)
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()
