"""A process that extracts for its parent: `python -m extractors.extract_worker [--no-gate]`.

Frames go in by stdin and out by stdout, as in extractors/feed_worker.py: four bytes of length, then
a pickle. Text units give their extractions; numbered lines of JSON give what the pipe
(extractors/records.py) writes for them. The model is loaded once. Ends when stdin does.
"""

import io
import os
import pickle
import sys
from typing import BinaryIO

from extractors.extract import Extractor
from extractors.extract_requests import (
    Answer,
    Answers,
    Failure,
    Lines,
    Request,
    readings_of,
    unpacked,
)
from extractors.feed_worker import LENGTH
from extractors.records import answer_lines
from extractors.touched import TouchedListings


class ExtractWorker:
    """Answers requests with one extractor."""

    def __init__(self, gate: bool) -> None:
        self.extractor = Extractor(gate=gate)
        self.touched = TouchedListings()

    def answer(self, request: Request) -> Answer:
        """One request answered."""
        if not isinstance(request, Lines):
            extractions = list(self.extractor.extract(unpacked(request)))
            return readings_of(extractions, self.extractor.version)
        out = io.StringIO()
        count = answer_lines(request.numbered, out, self.extractor, self.touched.by_event)
        return Answers(text=out.getvalue(), count=count)

    def serve(self, source: BinaryIO, sink: BinaryIO) -> None:
        """Answer frames until there are no more."""
        while len(head := source.read(LENGTH.size)) == LENGTH.size:
            request = pickle.loads(  # noqa: S301 - written by our own parent
                source.read(LENGTH.unpack(head)[0])
            )
            answer: Answer
            try:
                answer = self.answer(request)
            except Exception as error:  # noqa: BLE001 - the parent says what is to be done
                answer = Failure(reason=f"{type(error).__name__}: {error}")
            frame = pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL)
            sink.write(LENGTH.pack(len(frame)) + frame)
            sink.flush()


def main() -> None:
    """Serve on stdin and stdout, with whatever a library prints sent to stderr."""
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    ExtractWorker(gate="--no-gate" not in sys.argv).serve(sys.stdin.buffer, sink)


if __name__ == "__main__":
    main()
