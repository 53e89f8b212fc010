"""A process that answers queries of others once, under limits that no query can escape.

Run as `python -m warehouse.operations.question_process`. On stdin one line of JSON, a Request; on
stdout one line of JSON: {"answers": [...]} or {"error": "..."}.

The sandbox limits what DuckDB counts, and asks it to stop. Some functions build values outside that
count and do not look up: `repeat('x', 10_000_000)` over 20,000 rows took 20 GB and 200 s under
limits of 512 MB and 10 s. Here the system limits the memory, and the process ends itself when the
time is over or its parent is gone.
"""

import json
import os
import resource
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from models.errors import PipelineError
from warehouse.lake import is_lake_target
from warehouse.operations.bounded import BoundedRows, Bounds, bounded_rows, cut, moment
from warehouse.operations.memory_limit import OWN_MEMORY_MB
from warehouse.operations.sandbox import Limits, Questions, open_for_questions

# The sandbox says why it stops; only a query that does not stop is ended without a word.
GRACE_S = 2.0
ENDED = 75
MAX_ERROR_CHARACTERS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One query with $named parameters, and how much of its answer is wanted."""

    sql: str
    parameters: Mapping[str, object]
    bounds: Bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Queries on one snapshot; `time_s` is for all of them together."""

    snapshot: str
    questions: tuple[Question, ...]
    time_s: float = 20.0
    memory_mb: int = 1_024
    spill_mb: int = 4_000
    threads: int = 2

    def to_json(self) -> str:
        """Return the request as one line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> "Request":
        """Return the request of `to_json`."""
        found: dict[str, Any] = json.loads(line)
        questions = tuple(
            Question(
                sql=each["sql"], parameters=each["parameters"], bounds=Bounds(**each["bounds"])
            )
            for each in found.pop("questions")
        )
        return cls(questions=questions, **found)


def answer(request: Request) -> dict[str, object]:
    """Return the answers, or the error on one line."""
    limits = Limits(
        time_s=request.time_s,
        memory_mb=request.memory_mb,
        spill_mb=request.spill_mb,
        threads=request.threads,
    )
    try:
        published = published_at(request.snapshot)
        with open_for_questions(request.snapshot, limits) as questions:
            answers = [asdict(answer_one(questions, each)) for each in request.questions]
    except PipelineError as error:
        return {"error": cut(str(error), MAX_ERROR_CHARACTERS)}
    except MemoryError:
        return {"error": "needs more memory than the limit; ask for less"}
    return {"answers": answers, "published_at": published}


def answer_one(questions: Questions, question: Question) -> BoundedRows:
    """Return the bounded rows of one query. Raises WarehouseError."""
    with questions.ask(question.sql, question.parameters) as reader:
        columns = [(field.name, str(field.type)) for field in reader.schema]
        return bounded_rows(columns, rows_of(reader), question.bounds)


def rows_of(reader: pa.RecordBatchReader) -> Iterator[tuple[object, ...]]:
    """Yield rows; values become Python's one row at a time, since a batch may be large."""
    for batch in reader:
        for at in range(batch.num_rows):
            yield tuple(column[at].as_py() for column in batch.columns)


def published_at(snapshot: str) -> str | None:
    """Return when the snapshot was published; None for a lake, or where there is none."""
    if is_lake_target(snapshot):
        return None
    with suppress(OSError):
        return moment(datetime.fromtimestamp(int(Path(snapshot).stat().st_mtime), UTC))
    return None


def limit_memory(megabytes: int) -> None:
    """Limit what this process may allocate; not every system supports it."""
    most = (megabytes + OWN_MEMORY_MB) << 20
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def end_in_time(seconds: float) -> None:
    """End this process after so many seconds, whatever it is doing."""
    clock = threading.Timer(seconds, os._exit, (ENDED,))
    clock.daemon = True
    clock.start()


def end_with_parent() -> None:
    """End this process when the parent closes its end of stdin, or dies."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        os._exit(ENDED)

    threading.Thread(target=wait, daemon=True).start()


def main() -> None:
    """Answer one request; whatever libraries print goes to stderr."""
    # Ctrl-C reaches the whole process group; the parent decides when we exit.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sink = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    request = Request.from_json(sys.stdin.readline())
    limit_memory(request.memory_mb)
    end_in_time(request.time_s + GRACE_S)
    end_with_parent()
    sink.write(json.dumps(answer(request)) + "\n")
    sink.flush()
    # Threads of a query that was stopped may still work; nothing here needs them to finish.
    os._exit(0)


if __name__ == "__main__":
    main()
