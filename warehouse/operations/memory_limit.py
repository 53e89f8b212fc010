"""The system's limit on what this process may allocate, beside what DuckDB counts itself.

Some functions build values outside DuckDB's count: `repeat('x', 10_000_000)` over 20,000 rows took
20 GB under a limit of 512 MB. Under the system's limit such a query fails instead.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

# Python, DuckDB and Arrow themselves, beside what DuckDB counts.
OWN_MEMORY_MB = 1_000


@contextmanager
def memory_within(megabytes: int) -> Iterator[None]:
    """Limit this process to so many MiB beside its own; where the system can, and until the end.

    What needs more raises MemoryError, or DuckDB's error that memory is out.
    """
    try:
        import resource
    except ImportError:  # not every system has limits
        yield
        return
    before, hardest = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = (megabytes + OWN_MEMORY_MB) << 20
    if before != resource.RLIM_INFINITY:
        wanted = min(wanted, before)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, hardest))
    try:
        yield
    finally:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_DATA, (before, hardest))
