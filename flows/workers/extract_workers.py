"""Extraction on all cores: worker processes with one model each; answers come in order.

The workers are plain subprocesses, as in flows/feeds/fetching/readers.py. Each takes one request at
a time, and at most two requests per worker are in flight, so memory does not grow with the input. A
process that dies, or is silent for longer than its texts may take, is replaced. Its texts are then
read one by one, and the one that caused it is refused.
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
_REQUESTS_PER_WORKER = 2
# Extra time beyond a text's budget, because a busy machine is slow at everything.
_GRACE_S = 5.0
_START_S = 120.0


def workers_for(articles: int, wanted: int | None) -> int:
    """How many processes to use: one for a few articles, else `wanted`, or one per core."""
    if articles < _FEW_ARTICLES:
        return 1
    workers = wanted if wanted is not None else (os.cpu_count() or 1)
    return max(1, workers)


class ExtractWorkers(AbstractContextManager["ExtractWorkers"]):
    """A pool of worker processes, started when needed and ended when the block ends."""

    def __init__(self, workers: int, *, gate: bool = True, budget: Budget = DEFAULT) -> None:
        assert workers > 0, "without workers, use Extractor"
        options = json.dumps({"gate": gate, "budget": asdict(budget)})
        self._command = [*WORKER, options]
        self._budget = budget
        self._threads = ThreadPoolExecutor(workers)
        # A single worker answers each request before the next one is read: a program that writes a
        # line and waits for its answer gets it.
        self._max_in_flight = _REQUESTS_PER_WORKER * workers if workers > 1 else 1
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
        """End the processes; the answers of requests in flight are lost."""
        self.closed = True
        for process in list(self._running):
            self._end(process)

    def start_ahead(self) -> None:
        """Start one worker now, so that its model loads while this process does other work."""
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
        """The output lines of each batch of input lines, in order."""
        for answer in self._answers(batches):
            assert isinstance(answer, Answers), "lines give answers"
            yield answer

    def _answers(self, requests: Iterable[Request]) -> Iterator[Readings | Answers]:
        in_flight: deque[Future[Readings | Answers]] = deque()
        for request in requests:
            in_flight.append(self._threads.submit(self._answer, request))
            if len(in_flight) >= self._max_in_flight:
                yield in_flight.popleft().result()
        while in_flight:
            yield in_flight.popleft().result()

    def _answer(self, request: Request) -> Readings | Answers:
        """Answer one request, in parts.

        A text that ends its worker twice, or hangs it, is refused.
        """
        parts = list(parts_of(request))
        return joined(request, parts, [self._part(part) for part in parts])

    def _part(self, request: Request) -> Readings | Answers:
        items = items_of(request)
        for retries_left in (1, 0):
            try:
                return self._ask(request)
            except _WorkerLostError as error:
                if len(items) > 1:
                    alone = [part_of(request, [item]) for item in items]
                    return joined(request, alone, [self._part(one) for one in alone])
                if error.may_be_transient and retries_left:
                    continue
                return refused(request, error.reason, error.extractor_version)
        raise AssertionError("the last try returns or raises")

    def _ask(self, request: Request) -> Readings | Answers:
        """Send one request to an idle worker. Raises _WorkerLostError if the worker had to end."""
        worker = self._idle.get()
        try:
            worker = self._ready(worker)
            began = time.monotonic()
            try:
                with killed_after(worker, self._deadline_s(request)) as killed:
                    answer = self._exchange(worker, request)
            except (OSError, EOFError, ValueError, pickle.UnpicklingError) as error:
                lost, worker = worker, None
                self._end(lost)
                spent_s = time.monotonic() - began
                raise self._lost(lost, request, spent_s, killed=killed.is_set()) from error
            if isinstance(answer, Failure):
                raise _WorkerLostError(
                    f"failed: {answer.reason}", worker.version, may_be_transient=False
                )
            return answer
        finally:
            self._idle.put(worker)

    def _deadline_s(self, request: Request) -> float:
        """How long a worker may be silent. It checks the budget itself after each sentence, so
        only a worker that hangs is silent for longer.
        """
        seconds = [self._budget.seconds(length_of(item)) for item in items_of(request)]
        return 1.5 * min(sum(seconds), max(seconds) + self._budget.base_s) + _GRACE_S

    def _lost(
        self, worker: "_Worker", request: Request, spent_s: float, *, killed: bool
    ) -> "_WorkerLostError":
        """The error for a worker that we killed at its deadline, or that ended by itself."""
        if killed:
            reason = self._budget.reason(length_of(items_of(request)[0]), spent_s)
            return _WorkerLostError(f"{reason}; stopped", worker.version, may_be_transient=False)
        code = worker.returncode
        reason = f"crashed: the process reading it ended ({code}), out of memory perhaps"
        return _WorkerLostError(reason, worker.version, may_be_transient=True)

    def _ready(self, worker: "_Worker | None") -> "_Worker":
        """A worker whose model is loaded. Raises PipelineError when none can be started."""
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
            f"no extraction process started: {_TRIES} ended before they were ready; see their "
            "output above, or lower extract.workers if memory is short"
        )

    def _start(self) -> "_Worker":
        process = _Worker(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Ctrl-C goes to the parent only, which ends its workers in order.
            start_new_session=True,
            env={
                **environment(),
                # One process per core: more threads of the linear algebra library only slow it.
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
    """A worker process; `version` is its extractor's version, "" until the model is loaded."""

    version: str = ""


class _WorkerLostError(Exception):
    """A request ended its worker. It may be transient if something outside killed the worker."""

    def __init__(self, reason: str, extractor_version: str, *, may_be_transient: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.extractor_version = extractor_version
        self.may_be_transient = may_be_transient


@contextmanager
def killed_after(process: subprocess.Popen[bytes], seconds: float) -> Iterator[Event]:
    """Kill the process if the block takes longer; the event says whether that happened."""
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
    """Run the pipe of extractors/records.py in worker processes; return the counts of lines.

    It writes the same lines in the same order as one process does.
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
    # The streams belong to the caller; without this, they would be closed with their wrappers.
    out.detach()
    lines.detach()
    return count
