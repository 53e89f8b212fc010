"""Ctrl-C never interrupts an import or a warehouse query."""

import asyncio
import faulthandler
import importlib
import inspect
import signal
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from flows.base.interrupts import Interrupt, is_importing, is_writing, run_async, safe_interrupts
from warehouse.connection import open_warehouse
from warehouse.migrate import applied_migrations


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def press_after(seconds: float) -> None:
    main = threading.main_thread().ident
    assert main is not None
    threading.Timer(seconds, signal.pthread_kill, (main, signal.SIGINT)).start()


def ask_again_and_again(con: DuckDBPyConnection, answers: list[object]) -> None:
    while True:
        answers.append(applied_migrations(con, "here"))
        time.sleep(0.002)


def test_a_query_runs_to_its_end_and_the_next_line_is_interrupted() -> None:
    safe_interrupts()
    assert isinstance(signal.getsignal(signal.SIGINT), Interrupt)
    with open_warehouse(":memory:") as con:
        answers: list[object] = []
        press_after(0.3)
        with pytest.raises(KeyboardInterrupt):
            ask_again_and_again(con, answers)
        assert len(answers) > 10
        # Nothing was cut off: the connection answers as before.
        assert applied_migrations(con, "here") == answers[0]


def test_waiting_is_interrupted_at_once() -> None:
    safe_interrupts()
    press_after(0.05)
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        time.sleep(30)
    assert time.monotonic() - began < 15


def test_an_import_is_not_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    monkeypatch.setattr(signal, "pthread_kill", lambda ident, number: sent.append(number))
    code = compile("handler(2, sys._getframe())", "<frozen importlib._bootstrap>", "exec")
    exec(code, {"handler": Interrupt(), "sys": sys})
    time.sleep(0.2)
    assert sent == [2]


def test_a_module_that_catches_everything_does_not_lose_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "catches_all.py").write_text(
        "import os, signal\ntry:\n    os.kill(os.getpid(), signal.SIGINT)\n"
        "    sum(range(100_000))\nexcept BaseException:\n    pass\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    safe_interrupts()
    press_on_import = partial(importlib.import_module, "catches_all")
    with pytest.raises(KeyboardInterrupt):
        time.sleep(5 if press_on_import() else 0)


def test_the_handler_takes_no_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The main thread may hold any lock of `threading` at the moment of Ctrl-C."""
    sent = threading.Event()
    monkeypatch.setattr(signal, "pthread_kill", lambda ident, number: sent.set())
    handler = Interrupt()
    code = compile("handler(2, sys._getframe())", "<frozen importlib._bootstrap>", "exec")
    # Ends the test, should the handler wait: nothing else could.
    faulthandler.dump_traceback_later(20, exit=True)
    with threading._active_limbo_lock:  # type: ignore[attr-defined]
        exec(code, {"handler": handler, "sys": sys})
    faulthandler.cancel_dump_traceback_later()
    assert sent.wait(5)


def test_a_coroutine_can_clean_up() -> None:
    safe_interrupts()
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(5)
        finally:
            await asyncio.sleep(0)
            ended.append("in good order")

    press_after(0.1)
    with pytest.raises(KeyboardInterrupt):
        run_async(work())
    assert ended == ["in good order"]
    assert isinstance(signal.getsignal(signal.SIGINT), Interrupt)


def test_what_counts_as_busy() -> None:
    assert not is_importing(None)
    assert not is_writing(None)
    assert not is_writing(inspect.currentframe())
