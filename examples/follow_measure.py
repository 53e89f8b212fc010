"""Print the life of the measures on one commodity, step by step.

    python examples/follow_measure.py var/demo/demo.snapshot.duckdb rare_earths

Open the snapshot, never the live file: readers of the snapshot do not block a pass.
Columns of both views: docs/DATA_DICTIONARY.md.
"""

import sys

import duckdb

MEASURES = """
SELECT measure_id, measure_key, status_today, next_step, next_date
FROM measure_status
WHERE list_contains(commodities, $commodity)
ORDER BY step_count DESC, measure_key
LIMIT 3
"""
STEPS = """
SELECT decision_date, status, ends_on, source_count, tickers, headline
FROM policy_events
WHERE measure_id = $measure_id
ORDER BY decision_date, first_seen_at
"""


def main(snapshot: str, commodity: str) -> None:
    """Print up to three measures, those with the most steps first."""
    with duckdb.connect(snapshot, read_only=True) as con:
        for measure in con.execute(MEASURES, {"commodity": commodity}).fetchall():
            measure_id, key, status_today, next_step, next_date = measure
            print(f"{key}: {status_today} today")
            for step in con.execute(STEPS, {"measure_id": measure_id}).fetchall():
                day, status, ends_on, sources, tickers, headline = step
                until = f" until {ends_on}" if ends_on else ""
                print(f"  {day}  {status}{until} (sources {sources}, tickers {len(tickers)})")
                print(f"              {headline}")
            if next_date:
                print(f"  {next_date}  {next_step}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
