"""Stores results of benchmarks: bench/results/<name>.json, with machine, versions and commit."""

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
SHOWN = ("spacy", "duckdb", "numpy", "thinc", "ahocorasick-rs", "pyarrow")


def record(name: str, measured: object) -> Path:
    """Write one result with its machine and load; the load shows what else was running."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    load = os.getloadavg()
    held: dict[str, Any] = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": {
            "processor": processor(),
            "cores": os.cpu_count(),
            "memory_gib": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30),
            "system": platform.system(),
            "load_average": [round(n, 1) for n in load],
        },
        "versions": {"python": platform.python_version()} | {n: version(n) for n in SHOWN},
        "measured": measured,
    }
    path.write_text(json.dumps(held, indent=1, default=str) + "\n", "utf-8")
    return path


def processor() -> str:
    """Return the processor model, as the system names it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.machine()
    named = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def commit() -> str:
    """Return the current commit, marked when the tree has changes."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return described.stdout.strip() or "unknown"
