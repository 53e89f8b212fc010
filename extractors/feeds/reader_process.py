"""A process that parses untrusted feeds and pages for its parent.

Run as `python -m extractors.feeds.reader_process`.

Frames on stdin and stdout: four bytes of length, then a pickle. In: a ReadingRequest. Out:
ReadFeed, Article, NotRead or FeedParseError. Both ends are this program, so a pickle is safe.
Exits when stdin closes, and if one request takes twice the time its parent waits: a parent that
was killed cannot stop it.
"""

import argparse
import logging
import os
import pickle
import resource
import signal
import struct
import sys
from contextlib import suppress
from typing import BinaryIO

from extractors.feeds.article import article_from_entry
from extractors.feeds.page_text import PageTooLargeError
from extractors.feeds.reading import ReadFeed, read_feed
from extractors.feeds.reading_requests import (
    FeedBody,
    NotRead,
    PageOfEntry,
    ReadingRequest,
)
from extractors.text.language import language_at_sight
from models.article import Article
from models.errors import FeedParseError
from models.fault import fault_line

LENGTH = struct.Struct(">I")
# Limit for the parsed form of one body: its entries hold each text up to three times.
MAX_ANSWER_BYTES = 256 * 1024 * 1024


def work(frame: bytes) -> bytes:
    """Answer one request; an unexpected failure affects the request, not the worker."""
    result: ReadFeed | Article | NotRead | FeedParseError
    try:
        result = answer(pickle.loads(frame))  # noqa: S301 - written by our own parent
        packed = pickle.dumps(result, protocol=pickle.HIGHEST_PROTOCOL)
        if len(packed) <= MAX_ANSWER_BYTES:
            return packed
        result = NotRead(
            kind="unreadable", reason=f"grows to {len(packed):,} bytes when parsed; skipped"
        )
    except FeedParseError as error:
        result = error
    except PageTooLargeError as error:
        result = NotRead(kind="too_large", reason=str(error))
    except MemoryError:
        result = NotRead(kind="unreadable", reason="parsing it takes more memory than allowed")
    except Exception as error:  # noqa: BLE001 - one odd body must not end the worker
        result = NotRead(kind="internal_error", reason=f"cannot be read: {fault_line(error)}")
    return pickle.dumps(result, protocol=pickle.HIGHEST_PROTOCOL)


def answer(request: ReadingRequest) -> ReadFeed | Article:
    """Return the result of a request. Raises FeedParseError if the body is not a feed."""
    match request:
        case FeedBody():
            return read_feed(
                request.fetched,
                archive_clock=request.archive_clock,
                tell_language=language_at_sight,
            )
        case PageOfEntry():
            return article_from_entry(
                request.entry,
                fetched_at=request.fetched_at,
                first_seen_at=request.first_seen_at,
                page_html=request.html,
                tell_language=language_at_sight,
            )


def serve(source: BinaryIO, sink: BinaryIO, *, alarm_s: int = 0) -> None:
    """Answer frames until stdin closes; exit if one takes longer than `alarm_s` seconds."""
    while len(head := source.read(LENGTH.size)) == LENGTH.size:
        frame = source.read(LENGTH.unpack(head)[0])
        signal.alarm(alarm_s)
        packed = work(frame)
        signal.alarm(0)
        sink.write(LENGTH.pack(len(packed)))
        sink.write(packed)
        sink.flush()


def main() -> None:
    """Serve on stdin and stdout; output of libraries goes to stderr."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--memory-bytes", type=int, default=0)
    parser.add_argument("--alarm-s", type=int, default=0)
    args = parser.parse_args()
    if args.memory_bytes:
        # Not every system supports this limit; the deadline still applies.
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (args.memory_bytes, args.memory_bytes))
    # Ctrl-C reaches the whole process group; the parent decides when we exit.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Library messages contain text from the body; they do not belong in our log.
    logging.disable(logging.CRITICAL)
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, sink, alarm_s=args.alarm_s)


if __name__ == "__main__":
    main()
