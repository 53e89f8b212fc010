"""Extraction on all cores: a few worker processes, one model each, answers in order.

Plain subprocesses, as in flows/feeds/fetching/readers.py. Each takes one request at a time and at
most two a worker are underway, so memory does not grow with the input. A process that dies, or is
silent for longer than its texts may take, is replaced: its texts are then read one by one, and the
one that did it is refused.
"""

import json
import os
import pickle
import subprocess
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from io import TextIOWrapper
from queue import SimpleQueue
from threading import Event, Timer
from types import TracebackType
from typing import Any, BinaryIO

from extractors.extract_requests import (
    Answer,
    Answers,
    Failure,
    Lines,
    Readings,
    Request,
    Units,
    extractions_of,
    items_of,
    joined,
    length_of,
    packed,
    part_of,
    parts_of,
    refused,
)
from extractors.feeds.reader_process import LENGTH
from extractors.records import batches_of_lines
from extractors.text.budget import DEFAULT, Budget
from flows.base.child_python import command, environment
from models.errors import PipelineError
from models.event import Extraction, TextUnit
from models.reading import ReadCount

WORKER = command("extractors.extract_worker")
_FEW_ARTICLES = 400
_TRIES = 3
_UNDERWAY = 2
# Beyond its budget a text is given this long: a busy machine is slow at everything.
_GRACE_S = 5.0
_START_S = 120.0


def workers_for(articles: int, wanted: int | None) -> int:
    """How many processes pay off: one for a few articles, else as many as wanted or cores."""
    if articles < _FEW_ARTICLES:
        return 1
    workers = wanted if wanted is not None else (os.cpu_count() or 1)
    return max(1, workers)


class ExtractWorkers(AbstractContextManager["ExtractWorkers"]):
    """Some worker processes, started when first needed and ended on leaving."""

    def __init__(self, workers: int, *, gate: bool = True, budget: Budget = DEFAULT) -> None:
        assert workers > 0, "without workers there is Extractor itself"
        options = json.dumps({"gate": gate, "budget": asdict(budget)})
        self._command = [*WORKER, options]
        self._budget = budget
        self._threads = ThreadPoolExecutor(workers)
        # One worker answers each request before the next is taken: a slow writer waits for it.
        self._most_underway = _UNDERWAY * workers if workers > 1 else 1
        self._idle: SimpleQueue[_Worker | None] = SimpleQueue()
        for _ in range(workers):
            self._idle.put(None)
        self._running: set[_Worker] = set()
        self.closed = False

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def close(self) -> None:
        """End the processes: what is still underway is of no use to anybody."""
        self.closed = True
        for process in list(self._running):
            self._end(process)

    def start_ahead(self) -> None:
        """Start one worker now; its model loads while this process does something else."""
        worker = self._idle.get()
        self._idle.put(worker or self._start())

    def extract(self, batches: Iterable[Sequence[TextUnit]]) -> Iterator[list[Extraction]]:
        """The extractions of each batch, in order. Raises PipelineError when none can start."""
        sent: deque[Sequence[TextUnit]] = deque()

        def requests() -> Iterator[Units]:
            for batch in batches:
                sent.append(batch)
                yield packed(batch)

        for answer in self._answers(requests()):
            assert isinstance(answer, Readings), "units give extractions"
            yield extractions_of(sent.popleft(), answer)

    def answer_lines(self, batches: Iterable[Lines]) -> Iterator[Answers]:
        """What the pipe writes for each batch of lines, in order."""
        for answer in self._answers(batches):
            assert isinstance(answer, Answers), "lines give answers"
            yield answer

    def _answers(self, requests: Iterable[Request]) -> Iterator[Readings | Answers]:
        underway: deque[Future[Readings | Answers]] = deque()
        for request in requests:
            underway.append(self._threads.submit(self._answer, request))
            if len(underway) >= self._most_underway:
                yield underway.popleft().result()
        while underway:
            yield underway.popleft().result()

    def _answer(self, request: Request) -> Readings | Answers:
        """One request in parts; a text that ends its worker twice, or hangs it, is refused."""
        parts = list(parts_of(request))
        return joined(request, parts, [self._part(part) for part in parts])

    def _part(self, request: Request) -> Readings | Answers:
        items = items_of(request)
        for left in (1, 0):
            try:
                return self._ask(request)
            except _LostError as error:
                if len(items) > 1:
                    alone = [part_of(request, [item]) for item in items]
                    return joined(request, alone, [self._part(one) for one in alone])
                if error.may_be_chance and left:
                    continue
                return refused(request, error.reason, error.extractor_version)
        raise AssertionError("the last try returns or raises")

    def _ask(self, request: Request) -> Readings | Answers:
        """One request through an idle worker. Raises _LostError when that had to be ended."""
        worker = self._idle.get()
        try:
            worker = self._ready(worker)
            allowed = sum(self._budget.seconds(length_of(item)) for item in items_of(request))
            # The worker keeps the budget itself, between two sentences; beyond it hangs.
            longest = max(self._budget.seconds(length_of(item)) for item in items_of(request))
            deadline_s = 1.5 * min(allowed, longest + self._budget.base_s) + _GRACE_S
            began = time.monotonic()
            try:
                with killed_after(worker, deadline_s) as killed:
                    answer = self._exchange(worker, request)
            except (OSError, EOFError, ValueError, pickle.UnpicklingError) as error:
                self._end(worker)
                code, version = worker.returncode, worker.version
                worker = None
                spent = time.monotonic() - began
                if killed.is_set():
                    reason = self._budget.reason(length_of(items_of(request)[0]), spent)
                    raise _LostError(f"{reason}; stopped", version, may_be_chance=False) from error
                reason = f"crashed: the process reading it ended ({code}), out of memory perhaps"
                raise _LostError(reason, version, may_be_chance=True) from error
            if isinstance(answer, Failure):
                raise _LostError(f"failed: {answer.reason}", worker.version, may_be_chance=False)
            return answer
        finally:
            self._idle.put(worker)

    def _ready(self, worker: "_Worker | None") -> "_Worker":
        """A worker with its model loaded. Raises PipelineError when none can be started."""
        for _ in range(_TRIES):
            if self.closed:
                raise PipelineError("extraction was stopped")
            worker = worker or self._start()
            if worker.version:
                return worker
            try:
                with killed_after(worker, _START_S):
                    worker.version = self._read(worker).extractor_version
            except (OSError, EOFError, ValueError, pickle.UnpicklingError):
                self._end(worker)
                worker = None
            else:
                return worker
        raise PipelineError(
            f"no process to extract in: {_TRIES} ended before they were ready; see what they said "
            "above, or set extract.workers lower if memory is short"
        )

    def _start(self) -> "_Worker":
        process = _Worker(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Ctrl-C is for the parent, which ends its workers in good order.
            start_new_session=True,
            env={
                **environment(),
                # One process a core: threads of a linear algebra library would only get in the way.
                "OMP_NUM_THREADS": "1",
            },
        )
        self._running.add(process)
        return process

    @classmethod
    def _exchange(cls, process: "_Worker", request: Request) -> Answer:
        assert process.stdin is not None, "is a pipe"
        frame = pickle.dumps(request, protocol=pickle.HIGHEST_PROTOCOL)
        process.stdin.write(LENGTH.pack(len(frame)) + frame)
        process.stdin.flush()
        answer: Answer = cls._read(process)
        return answer

    @staticmethod
    def _read(process: "_Worker") -> Any:
        """The next frame of a worker."""
        assert process.stdout is not None, "is a pipe"
        head = process.stdout.read(LENGTH.size)
        if len(head) < LENGTH.size:
            raise EOFError
        size = LENGTH.unpack(head)[0]
        body = process.stdout.read(size)
        if len(body) < size:
            raise EOFError
        return pickle.loads(body)  # noqa: S301 - our own worker's answer

    def _end(self, process: "_Worker") -> None:
        self._running.discard(process)
        process.kill()
        process.wait()


class _Worker(subprocess.Popen[bytes]):
    """A worker process; `version` is its extractor's, empty until the model is loaded."""

    version: str = ""


class _LostError(Exception):
    """A request that cost its worker, and why; by chance perhaps, where something killed it."""

    def __init__(self, reason: str, extractor_version: str, *, may_be_chance: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.extractor_version = extractor_version
        self.may_be_chance = may_be_chance


@contextmanager
def killed_after(process: subprocess.Popen[bytes], seconds: float) -> Iterator[Event]:
    """Kill the process unless this ends in time; the event says whether that was done."""
    killed = Event()

    def kill() -> None:
        killed.set()
        process.kill()

    timer = Timer(seconds, kill)
    timer.daemon = True
    timer.start()
    try:
        yield killed
    finally:
        timer.cancel()


def extract_stream(
    source: BinaryIO, sink: BinaryIO, workers: int, budget: Budget = DEFAULT
) -> ReadCount:
    """The pipe of extractors/records.py in worker processes; what became of each line.

    Same lines out, in the same order, as with one process.
    """
    lines = TextIOWrapper(source, encoding="utf-8", errors="replace")
    out = TextIOWrapper(sink, encoding="utf-8", errors="replace", write_through=True)
    count = ReadCount()
    with ExtractWorkers(workers, budget=budget) as pool:
        batches = (Lines(numbered=tuple(batch)) for batch in batches_of_lines(lines))
        for answers in pool.answer_lines(batches):
            out.write(answers.text)
            sink.flush()
            count += answers.count
    # The streams are the caller's: without this they would be closed with their wrappers.
    out.detach()
    lines.detach()
    return count
