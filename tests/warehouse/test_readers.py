"""Four readers in loops while a flow writes: no error, and only complete loads are seen."""

import os
import subprocess
import sys
from pathlib import Path

from tests.warehouse.test_crash import ROOT

SECONDS = float(os.environ.get("POLICYWIRE_READ_SECONDS", "6"))
READERS = 4


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def test_readers_and_a_writer_never_block_each_other(tmp_path: Path) -> None:
    live, snapshot = tmp_path / "live.duckdb", tmp_path / "snapshot.duckdb"
    # On a busy machine Python starts in seconds: wait for the writer's first load.
    first = start("tests.warehouse.crash_writer", str(live), str(snapshot), "0", "1")
    assert first.wait() == 0, first.communicate()
    writer = start("tests.warehouse.crash_writer", str(live), str(snapshot), "1", "100000")
    assert writer.stdout is not None
    assert writer.stdout.readline() == "1\n"
    readers = [
        start("tests.warehouse.snapshot_reader", str(snapshot), str(SECONDS))
        for _ in range(READERS)
    ]
    told = [reader.communicate() for reader in readers]
    still_writing = writer.poll() is None
    writer.terminate()
    _, errors = writer.communicate()
    assert [r.returncode for r in readers] == [0] * READERS, told
    assert still_writing, errors
