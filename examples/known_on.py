"""List the developments that were known at a moment, without what became known later.

    python examples/known_on.py var/demo/demo.snapshot.duckdb 2025-10-10

Use this to test a strategy: `policy_events_as_of` takes no value from a later report. A date
means its start, midnight UTC; a moment with a time also works: "2025-10-10 14:30:00+00".
"""

import sys

import duckdb

QUERY = """
SELECT strftime(first_seen_at, '%Y-%m-%d %H:%M'), type, status, actors, headline
FROM policy_events_as_of($moment::TIMESTAMPTZ)
ORDER BY first_seen_at DESC
LIMIT 10
"""


def main(snapshot: str, moment: str) -> None:
    """Print the ten latest developments of that moment, newest first."""
    with duckdb.connect(snapshot, read_only=True) as con:
        # Otherwise DuckDB reads and prints times in this machine's time zone.
        con.execute("SET TimeZone = 'UTC'")
        for seen, kind, status, actors, headline in con.execute(
            QUERY, {"moment": moment}
        ).fetchall():
            print(f"{seen}  {'+'.join(actors)} {kind} {status}: {headline}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
