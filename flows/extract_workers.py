"""Extraction on all cores: a few worker processes, one model each, answers in order.

Plain subprocesses, as in flows/feed_readers.py. Each takes one request at a time and at most two
a worker are underway, so memory does not grow with the input. A process that dies is replaced and
its request tried again.
"""

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from io import TextIOWrapper
from queue import SimpleQueue
from types import TracebackType
from typing import BinaryIO

from extractors.extract_requests import (
    Answer,
    Answers,
    Failure,
    Lines,
    Readings,
    Request,
    Units,
    extractions_of,
    packed,
)
from extractors.feed_worker import LENGTH
from extractors.records import batches_of_lines
from models.errors import PipelineError
from models.event import Extraction, TextUnit
from models.reading import ReadCount

_FEW_ARTICLES = 400
_TRIES = 3
_UNDERWAY = 2


def workers_for(articles: int, wanted: int | None) -> int:
    """How many processes pay off: none for a few articles, else as many as wanted or cores."""
    if articles < _FEW_ARTICLES:
        return 0
    workers = wanted if wanted is not None else (os.cpu_count() or 1)
    return workers if workers > 1 else 0


class ExtractWorkers(AbstractContextManager["ExtractWorkers"]):
    """Some worker processes, started when first needed and ended on leaving."""

    def __init__(self, workers: int, *, gate: bool = True) -> None:
        assert workers > 0, "without workers there is Extractor itself"
        self._command = [sys.executable, "-m", "extractors.extract_worker"]
        if not gate:
            self._command.append("--no-gate")
        self._threads = ThreadPoolExecutor(workers)
        self._most_underway = _UNDERWAY * workers
        self._idle: SimpleQueue[subprocess.Popen[bytes] | None] = SimpleQueue()
        for _ in range(workers):
            self._idle.put(None)
        self._running: set[subprocess.Popen[bytes]] = set()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # What is still underway then is of no use to anybody: ending the processes ends it.
        for process in list(self._running):
            self._end(process)
        self._threads.shutdown(wait=True, cancel_futures=True)

    def extract(self, batches: Iterable[Sequence[TextUnit]]) -> Iterator[list[Extraction]]:
        """The extractions of each batch, in order. Raises PipelineError when workers keep dying."""
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

    def _answers(self, requests: Iterable[Request]) -> Iterator[Answer]:
        underway: deque[Future[Answer]] = deque()
        for request in requests:
            underway.append(self._threads.submit(self._answer, request))
            if len(underway) >= self._most_underway:
                yield underway.popleft().result()
        while underway:
            yield underway.popleft().result()

    def _answer(self, request: Request) -> Answer:
        """One request through an idle worker, a fresh one when that dies."""
        process = self._idle.get()
        try:
            for _ in range(_TRIES):
                process = process or self._start()
                try:
                    answer = self._exchange(process, request)
                except (OSError, EOFError, ValueError):
                    self._end(process)
                    process = None
                    continue
                if isinstance(answer, Failure):
                    raise PipelineError(f"a worker could not extract: {answer.reason}")
                return answer
        finally:
            self._idle.put(process)
        raise PipelineError(
            f"{_TRIES} worker processes died over the same texts, out of memory perhaps: "
            "set extract.workers or extract.batch_articles lower"
        )

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603 - our own module
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(p for p in sys.path if p) or ".",
                # One process a core: threads of a linear algebra library would only get in the way.
                "OMP_NUM_THREADS": "1",
            },
        )
        self._running.add(process)
        return process

    @staticmethod
    def _exchange(process: subprocess.Popen[bytes], request: Request) -> Answer:
        assert process.stdin is not None, "is a pipe"
        assert process.stdout is not None, "is a pipe"
        frame = pickle.dumps(request, protocol=pickle.HIGHEST_PROTOCOL)
        process.stdin.write(LENGTH.pack(len(frame)) + frame)
        process.stdin.flush()
        head = process.stdout.read(LENGTH.size)
        if len(head) < LENGTH.size:
            raise EOFError
        size = LENGTH.unpack(head)[0]
        body = process.stdout.read(size)
        if len(body) < size:
            raise EOFError
        answer: Answer = pickle.loads(body)  # noqa: S301 - our own worker's answer
        return answer

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        self._running.discard(process)
        process.kill()
        process.wait()


def extract_stream(source: BinaryIO, sink: BinaryIO, workers: int) -> ReadCount:
    """The pipe of extractors/records.py in worker processes; what became of each line.

    Same lines out, in the same order, as with one process.
    """
    lines = TextIOWrapper(source, encoding="utf-8", errors="replace")
    out = TextIOWrapper(sink, encoding="utf-8", errors="replace", write_through=True)
    count = ReadCount()
    with ExtractWorkers(workers) as pool:
        batches = (Lines(numbered=tuple(batch)) for batch in batches_of_lines(lines))
        for answers in pool.answer_lines(batches):
            out.write(answers.text)
            count += answers.count
    # The streams are the caller's: without this they would be closed with their wrappers.
    out.detach()
    lines.detach()
    return count
