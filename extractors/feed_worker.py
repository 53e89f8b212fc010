"""A process that reads feeds for its parent: `python -m extractors.feed_worker`.

Frames go in by stdin and out by stdout: four bytes of length, then a pickle. In: (FetchedFeed,
archive_clock). Out: ReadFeed or FeedParseError. Both ends are this program, so a pickle is safe.
Ends when stdin does.
"""

import os
import pickle
import struct
import sys
from typing import BinaryIO

from extractors.feed_reading import ReadFeed, read_feed
from extractors.language import language_at_sight
from models.errors import FeedParseError
from models.feed import FetchedFeed

LENGTH = struct.Struct(">I")


def work(frame: bytes) -> bytes:
    """One request answered; an unforeseen failure is the feed's, not the worker's."""
    fetched: FetchedFeed
    fetched, archive_clock = pickle.loads(frame)  # noqa: S301 - written by our own parent
    result: ReadFeed | FeedParseError
    try:
        result = read_feed(fetched, archive_clock=archive_clock, tell_language=language_at_sight)
    except FeedParseError as error:
        result = error
    except Exception as error:  # noqa: BLE001 - one odd feed must not end the worker
        reason = f"cannot be read: {type(error).__name__}: {error}"
        result = FeedParseError(fetched.url, reason, kind="malformed")
    return pickle.dumps(result, protocol=pickle.HIGHEST_PROTOCOL)


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer frames until there are no more."""
    while len(head := source.read(LENGTH.size)) == LENGTH.size:
        answer = work(source.read(LENGTH.unpack(head)[0]))
        sink.write(LENGTH.pack(len(answer)))
        sink.write(answer)
        sink.flush()


def main() -> None:
    """Serve on stdin and stdout, with whatever a library prints sent to stderr."""
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, sink)


if __name__ == "__main__":
    main()
