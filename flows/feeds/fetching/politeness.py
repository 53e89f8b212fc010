"""How hard we lean on a host: two requests at once, a gap between starts, patience in trouble."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypeVar

Job = TypeVar("Job")
PATIENCE_S = 60.0


class Turn:
    """One request's turn on a lane. Tell it when the request is out: `sent()`."""

    def __init__(self, lane: "Lane", *, holds_start: bool) -> None:
        self._lane = lane
        self._holds_start = holds_start
        self._sent = False
        self.linger_s = 0.0

    def sent(self) -> None:
        """The request is on the wire: the gap runs from now, and the next may line up.

        Counted from here and not from the decision to send, or a slow connect would let two
        requests arrive side by side.
        """
        if not self._sent:
            self._sent = True
            self._lane.spaced()
        self.release()

    def release(self) -> None:
        """Let the next request line up; once is enough."""
        if self._holds_start:
            self._holds_start = False
            self._lane.let_next()


class Lane:
    """The way to one host. Starts are serialised and spaced; answers may overlap."""

    def __init__(
        self, host: str, *, at_once: int, gap_s: float, patience_s: float = PATIENCE_S
    ) -> None:
        self.host = host
        self.gap_s = gap_s
        self._patience_s = patience_s
        self.waits_until: datetime | None = None
        self._refused = 0
        self._slots = asyncio.Semaphore(at_once)
        self._start = asyncio.Lock()
        self._next_start = 0.0

    @asynccontextmanager
    async def turn(self, *, alone: bool = False) -> AsyncIterator[Turn]:
        """One request: wait for the host's turn, hold one of its places until done.

        `alone` is for a caller inside `trouble()`, which already keeps others from starting.
        """
        # The lock comes before the place: the other way round, two who hold the places and
        # wait for the lock would block a retry that holds the lock and waits for a place.
        if not alone:
            await self._start.acquire()
        turn = Turn(self, holds_start=not alone)
        try:
            async with self._slots:
                while (wait_s := self._next_start - time.monotonic()) > 0:
                    await asyncio.sleep(wait_s)
                try:
                    yield turn
                finally:
                    turn.sent()
                    if turn.linger_s:
                        # We hung up, but the server notices only when it next writes.
                        await asyncio.sleep(turn.linger_s)
        finally:
            turn.release()

    def spaced(self) -> None:
        """A request has just gone out; the next may follow after the gap."""
        self._next_start = max(self._next_start, time.monotonic() + self.gap_s)

    def let_next(self) -> None:
        """Let the next request line up."""
        self._start.release()

    def too_many(self, until: datetime) -> None:
        """A feed was told it asks too much: from the second in a row on, the host's others wait.

        One alone may be that feed's own limit, or its publisher's wish to silence neighbours on a
        shared host; a host that means all of us tells the next feed as well.
        """
        self._refused += 1
        if self._refused > 1:
            self.waits_until = until

    def answered(self) -> None:
        """The host gave a good answer: what it refused before was not meant for all."""
        self._refused = 0

    def patience_left(self) -> bool:
        """Is there time left in this run to try again on this host, which others wait for?"""
        return self._patience_s > 0

    def tried(self, took_s: float) -> None:
        """A retry took so long; all of a host's together have `patience_s`."""
        self._patience_s -= took_s

    @asynccontextmanager
    async def trouble(self) -> AsyncIterator[None]:
        """A host that answered 5xx or 429 gets no new request but the retry made in here."""
        async with self._start:
            yield


class Lanes:
    """One lane per host, made when first needed."""

    def __init__(self, *, at_once: int, gap_s: float, patience_s: float = PATIENCE_S) -> None:
        self._at_once = at_once
        self._gap_s = gap_s
        self._patience_s = patience_s
        self._lanes: dict[str, Lane] = {}

    def lane(self, host: str) -> Lane:
        """The lane of a host (its name, whatever the port: politeness is owed to the machine)."""
        if host not in self._lanes:
            self._lanes[host] = Lane(
                host, at_once=self._at_once, gap_s=self._gap_s, patience_s=self._patience_s
            )
        return self._lanes[host]


async def run_by_host(
    jobs: Iterable[tuple[str, Job]],
    work: Callable[[Job], Awaitable[None]],
    *,
    at_once: int,
    per_host: int,
    start_gap_s: float = 0.0,
) -> None:
    """Run `work` on (host, job) pairs: `at_once` in all, `per_host` of a host, hosts in turn.

    A host whose places are taken is passed over, so a slow one never holds up the others; what
    is in flight, and thereby in memory, is bounded. An exception of `work` ends the run.
    """
    waiting: dict[str, deque[Job]] = {}
    for host, job in jobs:
        waiting.setdefault(host, deque()).append(job)
    order: deque[str] = deque(waiting)
    active: dict[str, int] = dict.fromkeys(order, 0)
    running: dict[asyncio.Task[None], str] = {}
    try:
        while order or running:
            while len(running) < at_once:
                free = _free(order, active, per_host)
                if free is None:
                    break
                task = asyncio.ensure_future(_run(work, waiting[free].popleft()))
                running[task] = free
                active[free] += 1
                if not waiting[free]:
                    order.remove(free)
                if start_gap_s:
                    await asyncio.sleep(start_gap_s)
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                active[running.pop(task)] -= 1
                task.result()
    finally:
        await _stop(list(running))


async def _run(work: Callable[[Job], Awaitable[None]], job: Job) -> None:
    await work(job)


def _free(order: deque[str], active: dict[str, int], per_host: int) -> str | None:
    for _ in range(len(order)):
        host = order[0]
        order.rotate(-1)
        if active[host] < per_host:
            return host
    return None


async def _stop(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
