"""Kills at any moment: nothing is lost or doubled, and the snapshot is always complete."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.warehouse.crash_writer import SIZE, reports
from tests.warehouse.events.test_links import LIVES, link_all, store
from warehouse.connection import connect, open_warehouse
from warehouse.operations.check import check_warehouse

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("POLICYWIRE_KILLS", "5"))
BATCHES_A_KILL = 3


def run_and_kill(live: Path, snapshot: Path, first: int, after_s: float) -> int:
    """Start the writer, kill it a while after its first line; return the last stored batch."""
    command = [sys.executable, "-m", "tests.warehouse.crash_writer"]
    last = first - 1
    with subprocess.Popen(
        [*command, str(live), str(snapshot), str(first), "100000"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        last = int(process.stdout.readline())
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
        for line in process.stdout.read().splitlines():
            last = int(line)
    return last


def test_kill_nine_at_random_moments(tmp_path: Path) -> None:
    live, snapshot = tmp_path / "live.duckdb", tmp_path / "out" / "snapshot.duckdb"
    chance = random.Random(KILLS)
    last = -1
    for _ in range(KILLS):
        last = run_and_kill(live, snapshot, max(last - 1, 0), chance.uniform(0.0, 1.5))
        with open_warehouse(live) as con:
            assert check_warehouse(con) == []
            stored = con.execute("SELECT count(*) FROM store.articles").fetchone()
            assert stored is not None
            assert stored[0] >= (last + 1) * SIZE
        if snapshot.exists():
            with connect(snapshot, read_only=True) as con:
                assert check_warehouse(con) == []
    with open_warehouse(live) as con:
        for batch in range(last + 2):
            store(con, reports(batch))
        link_all(con)
        survived = con.execute(LIVES).fetchall()
        known = con.execute("SELECT count(*) FROM store.articles").fetchone()
        assert check_warehouse(con) == []
    assert known is not None
    with open_warehouse(":memory:") as con:
        for batch in range(-(-known[0] // SIZE)):
            store(con, reports(batch))
        link_all(con)
        assert con.execute(LIVES).fetchall() == survived
