"""Bounds on processor time that a busy machine does not break: the best of a few tries counts."""

import time
from collections.abc import Callable

TRIES = 3


def seconds_of(run: Callable[[], object]) -> float:
    """The processor time of one run, in seconds."""
    began = time.process_time()
    run()
    return time.process_time() - began


def takes_at_most(most: float, run: Callable[[], object]) -> None:
    """Assert that one of a few runs takes at most `most` seconds of processor time."""
    took = []
    for _ in range(TRIES):
        took.append(seconds_of(run))
        if took[-1] <= most:
            return
    raise AssertionError(f"{min(took):.2f} s at best, {most} s allowed")


def grows_linearly(run: Callable[[int], object], small: int, spare: float) -> None:
    """Assert that four times `small` takes less than ten times as long and `spare` seconds.

    Four times the size takes sixteen times as long where the cost is quadratic.
    """
    run(small // 10)
    took = []
    for _ in range(TRIES):
        took.append((seconds_of(lambda: run(small)), seconds_of(lambda: run(4 * small))))
        if took[-1][1] < 10 * took[-1][0] + spare:
            return
    raise AssertionError(f"size and four times the size, in seconds: {took}")
