"""Write the developments of the last seven days to a CSV file, one row per development.

    python examples/week_to_csv.py var/policywire.snapshot.duckdb week.csv
    python examples/week_to_csv.py var/demo/demo.snapshot.duckdb week.csv 2025-11-01

The optional last argument is the day after the week, for the demo's articles of 2025.
"""

import csv
import sys
from datetime import UTC, datetime, timedelta

import duckdb

QUERY = """
SELECT
    first_seen_at, type, status, actors, targets, commodities, rate_value, rate_unit,
    decision_date, effective_on, ends_on, tickers, confidence, headline, first_url
FROM policy_events
WHERE first_seen_at >= $since AND first_seen_at < $until
ORDER BY first_seen_at
"""


def cell(value: object) -> object:
    """Return the value as a CSV cell: lists joined, and text that no spreadsheet executes."""
    if isinstance(value, list):
        value = " ".join(str(item) for item in value)
    # Headlines come from strangers; a spreadsheet runs a cell that begins like a formula.
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@")):
        return "'" + value
    return value


def main(snapshot: str, output: str, until_day: str | None = None) -> None:
    """Write the week that ends now, or before `until_day` (YYYY-MM-DD)."""
    until = datetime.now(UTC)
    if until_day:
        until = datetime.fromisoformat(until_day).replace(tzinfo=UTC)
    with duckdb.connect(snapshot, read_only=True) as con:
        con.execute("SET TimeZone = 'UTC'")
        answer = con.execute(QUERY, {"since": until - timedelta(days=7), "until": until})
        columns = [column[0] for column in answer.description]
        rows = answer.fetchall()
    with open(output, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([cell(value) for value in row] for row in rows)
    print(f"{output}: {len(rows)} developments")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:])
