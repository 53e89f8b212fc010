"""Background work: when it is called, and that it ends with its block."""

import threading
import time

from flows.base.background import in_background


def test_work_is_called_until_the_block_ends() -> None:
    calls: list[str] = []
    third = threading.Event()

    def work() -> None:
        calls.append(threading.current_thread().name)
        if len(calls) == 3:
            third.set()

    with in_background(work, "test-work", every_s=0.01):
        assert third.wait(timeout=10)
    count = len(calls)
    time.sleep(0.05)
    assert len(calls) == count
    assert set(calls) == {"test-work"}


def test_the_first_call_has_its_own_wait() -> None:
    called = threading.Event()
    with in_background(called.set, "test-first", every_s=600.0, first_s=0.01):
        assert called.wait(timeout=10)
    with in_background(called.clear, "test-first", every_s=0.01, first_s=600.0):
        time.sleep(0.05)
    assert called.is_set()


def test_leaving_waits_for_a_running_call_but_not_longer_than_its_patience() -> None:
    started, finished = threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        time.sleep(0.3)
        finished.set()

    with in_background(work, "test-slow", every_s=600.0, first_s=0.0, patience_s=0.01):
        assert started.wait(timeout=10)
    assert not finished.is_set()
    assert finished.wait(timeout=10)
    started.clear()
    finished.clear()
    with in_background(work, "test-slow", every_s=600.0, first_s=0.0, patience_s=None):
        assert started.wait(timeout=10)
    assert finished.is_set()
