"""Reads feeds in worker processes: several cores at work, and no body can hang the flow.

Plain subprocesses and not multiprocessing: they need no re-import of the program that started
them, and one that hangs is killed alone.
"""

import asyncio
import os
import pickle
import sys
from contextlib import AbstractAsyncContextManager
from types import TracebackType

from extractors.feed_reading import ReadFeed, read_feed, with_languages
from extractors.feed_worker import LENGTH
from models.errors import FeedParseError
from models.feed import FetchedFeed

READ_TIMEOUT_S = 20.0
_FEW_FEEDS = 16


def workers_for(feed_count: int) -> int:
    """How many processes pay off: none for a few feeds, else one a core and four at most."""
    return 0 if feed_count <= _FEW_FEEDS else max(1, min(4, os.cpu_count() or 1))


class FeedReaders(AbstractAsyncContextManager["FeedReaders"]):
    """A few worker processes, started when first needed; with none, a thread does the work."""

    def __init__(self, workers: int, *, timeout_s: float = READ_TIMEOUT_S) -> None:
        self._workers = workers
        self._timeout_s = timeout_s
        self._idle: asyncio.LifoQueue[asyncio.subprocess.Process | None] = asyncio.LifoQueue()
        for _ in range(workers):
            self._idle.put_nowait(None)
        self._running: set[asyncio.subprocess.Process] = set()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in list(self._running):
            await self._end(process)

    async def read(self, fetched: FetchedFeed, *, archive_clock: bool = False) -> ReadFeed:
        """Parse and clean one body. Raises FeedParseError, also for one that takes too long."""
        if not self._workers:
            return await asyncio.to_thread(read_feed, fetched, archive_clock=archive_clock)
        process = await self._idle.get()
        try:
            process = process or await self._start()
            async with asyncio.timeout(self._timeout_s):
                result = await self._exchange(process, (fetched, archive_clock))
        except TimeoutError as error:
            await self._drop(process)
            process = None
            reason = f"reading took more than {self._timeout_s:g} s; given up"
            raise FeedParseError(fetched.url, reason, kind="malformed") from error
        except (OSError, EOFError, asyncio.IncompleteReadError) as error:
            await self._drop(process)
            process = None
            reason = "the process reading it died, out of memory perhaps"
            raise FeedParseError(fetched.url, reason, kind="malformed") from error
        except BaseException:
            # Cancelled half way: the process would answer the next request with this one's.
            await self._drop(process)
            process = None
            raise
        finally:
            self._idle.put_nowait(process)
        if isinstance(result, FeedParseError):
            raise result
        return await asyncio.to_thread(with_languages, result)

    async def _start(self) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "extractors.feed_worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p) or "."},
            limit=1 << 20,
        )
        self._running.add(process)
        return process

    @staticmethod
    async def _exchange(
        process: asyncio.subprocess.Process, request: object
    ) -> ReadFeed | FeedParseError:
        assert process.stdin is not None, "is a pipe"
        assert process.stdout is not None, "is a pipe"
        frame = pickle.dumps(request, protocol=pickle.HIGHEST_PROTOCOL)
        process.stdin.write(LENGTH.pack(len(frame)) + frame)
        await process.stdin.drain()
        size = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))[0]
        result: ReadFeed | FeedParseError = pickle.loads(  # noqa: S301 - our own worker's answer
            await process.stdout.readexactly(size)
        )
        return result

    async def _drop(self, process: asyncio.subprocess.Process | None) -> None:
        if process is not None:
            if process.returncode is None:
                process.kill()
            await self._end(process)

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        self._running.discard(process)
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), timeout=5.0)
        except TimeoutError:
            process.kill()
            await process.wait()
