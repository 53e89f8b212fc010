"""Asks the published snapshot, each time in a process of its own (question_process.py).

So a new snapshot is read as soon as it is published, the old file is not kept open, and no query
can stop the server or fill the machine's memory.
"""

import json
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.base.child_python import command, environment
from flows.mcp_server.access import VARIABLE
from models.errors import WarehouseError
from warehouse.connection import load_query
from warehouse.operations.bounded import Bounds
from warehouse.operations.question_process import GRACE_S, Question, Request

MODULE = "warehouse.operations.question_process"
TIME_S = 20.0
AT_ONCE = 2
# Starting Python and opening the snapshot, on a busy machine.
START_S = 15.0
# Larger than any answer within its bounds.
MAX_ANSWER_CHARACTERS = 8_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Rows as JSON values with their columns, and whether rows were left out."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[object, ...], ...]
    more: bool

    def records(self) -> list[dict[str, object]]:
        """Return each row as column name -> value."""
        names = [name for name, _ in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers in the order of the questions; `published_at` is the snapshot's time, UTC."""

    answers: tuple[Answer, ...]
    published_at: str | None


def prepared(name: str, parameters: Mapping[str, object], bounds: Bounds) -> Question:
    """Return the question of queries/<name>.sql. It takes the row limit itself, as $row_limit.

    One row more is asked for, so that the answer can say whether rows were left out.
    """
    limited = {**parameters, "row_limit": bounds.rows + 1}
    return Question(sql=load_query(name), parameters=limited, bounds=bounds)


class Desk:
    """Answers questions on one snapshot, at most `AT_ONCE` at the same time."""

    def __init__(self, snapshot: Path, *, time_s: float = TIME_S) -> None:
        self.snapshot = snapshot
        self.time_s = time_s
        self._free = threading.BoundedSemaphore(AT_ONCE)

    def ask(self, *questions: Question) -> Answers:
        """Return the answers to all questions, from one state of the snapshot.

        Raises WarehouseError, on one line, when there is no snapshot, a query is refused, fails or
        exceeds a limit, or too many others wait.
        """
        request = Request(
            snapshot=str(self.snapshot), questions=tuple(questions), time_s=self.time_s
        )
        with self._turn():
            found = self._answered(request)
        if "error" in found:
            raise WarehouseError(str(found["error"]))
        return Answers(
            answers=tuple(answer_from(each) for each in found["answers"]),
            published_at=found["published_at"],
        )

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._free.acquire(timeout=self.time_s + START_S):
            raise WarehouseError("busy: other questions are being answered; ask again")
        try:
            yield
        finally:
            self._free.release()

    def _answered(self, request: Request) -> dict[str, Any]:
        """Return what the process says; it is killed when it does not end in time."""
        with subprocess.Popen(  # noqa: S603 - our own module, no words from outside
            command(MODULE),
            env={name: value for name, value in environment().items() if name != VARIABLE},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        ) as process:
            clock = threading.Timer(self.time_s + GRACE_S + START_S, process.kill)
            clock.daemon = True
            clock.start()
            try:
                assert process.stdin is not None, "a pipe"
                assert process.stdout is not None, "a pipe"
                with suppress(BrokenPipeError):
                    process.stdin.write(request.to_json() + "\n")
                    process.stdin.flush()
                said = process.stdout.read(MAX_ANSWER_CHARACTERS)
            finally:
                clock.cancel()
                # It is done, or must not go on.
                process.kill()
        return decoded(said)


def decoded(said: str) -> dict[str, Any]:
    """Return what a process wrote. Raises WarehouseError when it was ended before it had."""
    try:
        found: dict[str, Any] = json.loads(said)
    except ValueError:
        raise WarehouseError(
            "the query was ended: it took too long or too much memory; ask for less"
        ) from None
    return found


def answer_from(found: Mapping[str, Any]) -> Answer:
    """Return an answer as read from JSON."""
    return Answer(
        columns=tuple((str(name), str(kind)) for name, kind in found["columns"]),
        rows=tuple(tuple(row) for row in found["rows"]),
        more=bool(found["more"]),
    )
