"""A process that extracts for its parent: `python -m extractors.extract_worker OPTIONS`.

OPTIONS is JSON: whether to use a gate, and the time budget per text.

Frames on stdin and stdout, as in extractors/feeds/reader_process.py: four bytes of length, then a
pickle. Text units return their extractions; numbered lines of JSON return the output of the pipe
(extractors/records.py). The model is loaded once; the first frame out says that it is ready.
Exits when stdin closes.
"""

import io
import json
import os
import pickle
import signal
import sys
import time
from threading import Thread
from typing import BinaryIO

from extractors.extract import Extractor
from extractors.extract_requests import (
    Answer,
    Answers,
    Failure,
    Lines,
    Ready,
    Request,
    readings_of,
    unpacked,
)
from extractors.feeds.reader_process import LENGTH
from extractors.listings.affected import AffectedListings
from extractors.records import answer_lines
from extractors.text.budget import Budget
from models.fault import fault_line

PARENT_ASKED_S = 2.0


class ExtractWorker:
    """Answers requests with one extractor."""

    def __init__(self, gate: bool, budget: Budget) -> None:
        self.extractor = Extractor(gate=gate, budget=budget)
        self.affected = AffectedListings()

    def answer(self, request: Request) -> Answer:
        """One request answered."""
        if not isinstance(request, Lines):
            extractions = list(self.extractor.extract(unpacked(request)))
            return readings_of(extractions, self.extractor.version)
        out = io.StringIO()
        count = answer_lines(request.numbered, out, self.extractor, self.affected.by_event)
        return Answers(text=out.getvalue(), count=count)

    def serve(self, source: BinaryIO, sink: BinaryIO) -> None:
        """Answer frames until stdin closes."""
        send(Ready(extractor_version=self.extractor.version), sink)
        while len(head := source.read(LENGTH.size)) == LENGTH.size:
            request = pickle.loads(  # noqa: S301 - written by our own parent
                source.read(LENGTH.unpack(head)[0])
            )
            answer: Answer
            try:
                answer = self.answer(request)
            except Exception as error:  # noqa: BLE001 - the parent decides what to do
                answer = Failure(reason=fault_line(error))
            send(answer, sink)


def send(message: Answer | Ready, sink: BinaryIO) -> None:
    """One frame out."""
    frame = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    sink.write(LENGTH.pack(len(frame)) + frame)
    sink.flush()


def end_with(parent: int) -> None:
    """Exit soon after the parent does, even in the middle of a text."""
    while os.getppid() == parent:
        time.sleep(PARENT_ASKED_S)
    os._exit(0)


def main() -> None:
    """Serve on stdin and stdout; output of libraries goes to stderr."""
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # The parent handles Ctrl-C; without a parent there is nobody to answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    options = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
    budget = Budget(**options.get("budget", {}))
    ExtractWorker(gate=options.get("gate", True), budget=budget).serve(sys.stdin.buffer, sink)


if __name__ == "__main__":
    main()
