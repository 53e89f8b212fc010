"""Politeness to hosts: two requests at a time, a gap between starts, limited retries."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Generic, TypeVar

Job = TypeVar("Job")
PATIENCE_S = 60.0


class Turn:
    """One request's turn on a lane. Call `sent` when the request is on the wire."""

    def __init__(self, lane: "Lane", *, holds_start: bool) -> None:
        self._lane = lane
        self._holds_start = holds_start
        self._sent = False
        self.linger_s = 0.0

    def sent(self) -> None:
        """Start the gap, and let the next request line up.

        The gap starts here, not at the decision to send; otherwise a slow connect would let two
        requests arrive together.
        """
        if not self._sent:
            self._sent = True
            self._lane.begin_gap()
        self.release()

    def release(self) -> None:
        """Let the next request line up; further calls do nothing."""
        if self._holds_start:
            self._holds_start = False
            self._lane.let_next_start()


class Lane:
    """The requests to one host. They start one by one, with a gap; their answers may overlap."""

    def __init__(
        self, host: str, *, at_once: int, gap_s: float, patience_s: float = PATIENCE_S
    ) -> None:
        self.host = host
        self.gap_s = gap_s
        self._patience_s = patience_s
        self.waits_until: datetime | None = None
        self._refusals = 0
        self._slots = asyncio.Semaphore(at_once)
        self._start = asyncio.Lock()
        self._next_start = 0.0

    @asynccontextmanager
    async def turn(self, *, held: bool = False) -> AsyncIterator[Turn]:
        """Wait for the host's turn, and hold one of its slots until the block ends.

        `held` is for a caller inside `retries_only`, where no other request can start.
        """
        # The start lock comes before the slot. The other way round, two requests that hold the
        # slots and wait for the lock would block a retry that holds the lock and waits for a slot.
        if not held:
            await self._start.acquire()
        turn = Turn(self, holds_start=not held)
        try:
            async with self._slots:
                while (wait_s := self._next_start - time.monotonic()) > 0:
                    await asyncio.sleep(wait_s)
                try:
                    yield turn
                finally:
                    turn.sent()
                    if turn.linger_s:
                        # We hung up, but the server notices only at its next write.
                        await asyncio.sleep(turn.linger_s)
        finally:
            turn.release()

    def begin_gap(self) -> None:
        """Start the gap after a request; the next request may start when it is over."""
        self._next_start = max(self._next_start, time.monotonic() + self.gap_s)

    def let_next_start(self) -> None:
        """Let the next request line up."""
        self._start.release()

    @asynccontextmanager
    async def retries_only(self) -> AsyncIterator[None]:
        """Keep new requests from a host that answered 5xx or 429, except the retries in here."""
        async with self._start:
            yield

    def may_retry(self) -> bool:
        """Is there time left in this run for retries on this host, whose other feeds wait?"""
        return self._patience_s > 0

    def note_retry(self, took_s: float) -> None:
        """Take a retry's time off `patience_s`, which all retries on this host share."""
        self._patience_s -= took_s

    def note_refusal(self, until: datetime) -> None:
        """Note a "too many requests"; from the second in a row on, the whole host waits.

        A single one may be that feed's own limit, or its publisher's way to silence neighbours on a
        shared host. A host that means all of us refuses the next feed as well.
        """
        self._refusals += 1
        if self._refusals > 1:
            self.waits_until = until

    def note_answer(self) -> None:
        """Note a good answer: earlier refusals were not meant for the whole host."""
        self._refusals = 0


class Lanes:
    """One lane per host, made when first needed."""

    def __init__(self, *, at_once: int, gap_s: float, patience_s: float = PATIENCE_S) -> None:
        self._at_once = at_once
        self._gap_s = gap_s
        self._patience_s = patience_s
        self._lanes: dict[str, Lane] = {}

    def lane(self, host: str) -> Lane:
        """The lane of a host name; all its ports share one, as they are one machine."""
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
    """Run `work` on (host, job) pairs: at most `at_once` in all and `per_host` per host.

    Hosts take turns. A host without a free slot is passed over, so a slow one never holds up the
    others. An exception of `work` ends the run.
    """
    queues = _HostQueues(jobs, per_host)
    running: dict[asyncio.Task[None], str] = {}
    try:
        while queues.waiting() or running:
            while len(running) < at_once and (host := queues.free_host()) is not None:
                task = asyncio.ensure_future(_run(work, queues.take(host)))
                running[task] = host
                if start_gap_s:
                    await asyncio.sleep(start_gap_s)
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                queues.finished(running.pop(task))
                task.result()
    finally:
        await _stop(list(running))


class _HostQueues(Generic[Job]):
    """Jobs in one queue per host, and how many of each host are running."""

    def __init__(self, jobs: Iterable[tuple[str, Job]], per_host: int) -> None:
        self._per_host = per_host
        self._queues: dict[str, deque[Job]] = {}
        for host, job in jobs:
            self._queues.setdefault(host, deque()).append(job)
        self._order: deque[str] = deque(self._queues)
        self._active: dict[str, int] = dict.fromkeys(self._order, 0)

    def waiting(self) -> bool:
        """Is a job left that has not started?"""
        return bool(self._order)

    def free_host(self) -> str | None:
        """The next host in turn that has jobs and a free slot."""
        for _ in range(len(self._order)):
            host = self._order[0]
            self._order.rotate(-1)
            if self._active[host] < self._per_host:
                return host
        return None

    def take(self, host: str) -> Job:
        """Start the next job of a host."""
        self._active[host] += 1
        job = self._queues[host].popleft()
        if not self._queues[host]:
            self._order.remove(host)
        return job

    def finished(self, host: str) -> None:
        """Free a slot of a host."""
        self._active[host] -= 1


async def _run(work: Callable[[Job], Awaitable[None]], job: Job) -> None:
    await work(job)


async def _stop(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
