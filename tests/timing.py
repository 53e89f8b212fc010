"""Bounds on processor time that a busy machine does not break: the best of a few tries counts."""

import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

TRIES = 3

Result = TypeVar("Result")


def timed(run: Callable[[], Result]) -> tuple[Result, float]:
    """What `run` returns, and its processor time in seconds."""
    began = time.process_time()
    result = run()
    return result, time.process_time() - began


def takes_at_most(most: float, run: Callable[[], Result]) -> Result:
    """Return what `run` returns; assert that it takes at most `most` seconds of processor time."""
    took = []
    for _ in range(TRIES):
        result, seconds = timed(run)
        took.append(seconds)
        if seconds <= most:
            return result
    raise AssertionError(f"{min(took):.2f} s at best, {most} s allowed")


def grows_linearly(run: Callable[[int], object], small: int, spare: float) -> None:
    """Assert that four times `small` takes less than eight times as long and `spare` seconds.

    Four times the size takes sixteen times as long where the cost is quadratic.
    """
    run(small // 10)
    took = []
    for _ in range(TRIES):
        once, more = (timed(partial(run, size))[1] for size in (small, 4 * small))
        took.append((once, more))
        if more < 8 * once + spare:
            return
    raise AssertionError(f"size and four times the size, in seconds: {took}")
