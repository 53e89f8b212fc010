"""Opens the snapshot repeatedly and checks that it is complete each time.

    python -m tests.warehouse.snapshot_reader SNAPSHOT SECONDS

Prints how often it read, and what was wrong, if anything.
"""

import sys
import time
from pathlib import Path

from tests.warehouse.crash_writer import SIZE
from warehouse.snapshot import open_snapshot


def main(snapshot: Path, seconds: float) -> int:
    """Read until the time is up; return 1 when something was wrong."""
    until = time.monotonic() + seconds
    reads = seen = 0
    while time.monotonic() < until:
        with open_snapshot(snapshot) as con:
            row = con.execute(
                "SELECT (SELECT count(*) FROM articles), "
                "(SELECT count(*) FROM event_mentions WHERE development_id IS NULL), "
                "(SELECT count(*) FROM policy_events WHERE evidence IS NULL)"
            ).fetchone()
        assert row is not None, "counts are one row"
        articles, unlinked, bare = row
        if articles % SIZE or unlinked or bare or articles < seen:
            sys.stdout.write(f"not a complete load: {row} after {seen}\n")
            return 1
        seen = articles
        reads += 1
    sys.stdout.write(f"{reads} reads, {seen} articles at the end\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), float(sys.argv[2])))
