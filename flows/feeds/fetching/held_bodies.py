"""Bodies that wait to be read, so that the fetch goes on while they are parsed."""

import asyncio
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager
from types import TracebackType

HELD_BYTES = 2 * 1024 * 1024


class HeldBodies(AbstractAsyncContextManager["HeldBodies"]):
    """Runs work on bodies beside the fetch, on at most `most_bytes` of them at a time.

    Leaving waits for all work. The first exception of any work cancels the rest and is raised here.
    """

    def __init__(self, most_bytes: int = HELD_BYTES) -> None:
        self._most_bytes = most_bytes
        self._held_bytes = 0
        self._freed = asyncio.Condition()
        self._tasks = asyncio.TaskGroup()

    async def __aenter__(self) -> "HeldBodies":
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
        """Wait until a body of `size` bytes fits, then start `work` on it.

        A body larger than `most_bytes` starts when no other is held.
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
