"""The update of bench/ingest.py by `reader`: `python -m bench.with_reader DIR PORT FEEDS N`."""

import json
import resource
import sys
import time
from pathlib import Path

from reader import make_reader


def main(folder: Path, port: int, feeds: int, at_once: int) -> None:
    """Run two passes with N threads into a SQLite file; print one JSON line per pass."""
    reader = make_reader(str(folder / "reader.sqlite"))
    for n in range(feeds):
        reader.add_feed(f"http://127.0.0.1:{port}/feed/{n}.xml")
    for name in ("first", "again"):
        began = time.perf_counter()
        for result in reader.update_feeds_iter(scheduled=False, workers=at_once):
            if isinstance(result.value, Exception):
                raise result.value
        took = time.perf_counter() - began
        entries = reader.get_entry_counts().total
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"pass": name, "took_s": took, "entries": entries, "peak_mib": peak}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
