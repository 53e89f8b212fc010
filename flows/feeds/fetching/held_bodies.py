"""Bodies that came and wait to be read, so that no place of the fetch is held by a parser."""

import asyncio
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager
from types import TracebackType

UNREAD_BYTES = 2 * 1024 * 1024


class Unread(AbstractAsyncContextManager["Unread"]):
    """Runs work on bodies beside the fetch, `most_bytes` of them at once; leaves when all is done.

    The first exception of any work ends the others and is raised here.
    """

    def __init__(self, most_bytes: int = UNREAD_BYTES) -> None:
        self._most_bytes = most_bytes
        self._held_bytes = 0
        self._freed = asyncio.Condition()
        self._tasks = asyncio.TaskGroup()

    async def __aenter__(self) -> "Unread":
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self._tasks.__aexit__(kind, error, trace)
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None

    async def start(self, work: Coroutine[None, None, None], size: int) -> None:
        """Begin `work` on a body of `size` bytes, once there is room for it.

        A body bigger than all the room there is goes when it is alone.
        """
        async with self._freed:
            await self._freed.wait_for(
                lambda: not self._held_bytes or self._held_bytes + size <= self._most_bytes
            )
            self._held_bytes += size
        self._tasks.create_task(self._run(work, size))

    async def _run(self, work: Coroutine[None, None, None], size: int) -> None:
        try:
            await work
        finally:
            async with self._freed:
                self._held_bytes -= size
                self._freed.notify_all()
