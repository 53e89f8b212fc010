"""Checks which dated events of timeline.csv have a development in a warehouse.

    python -m bench.timeline_check /tmp/wh.duckdb --actor US --year 2025

A row counts as found when a development has its type (or one of the same group), an actor in
common, the named counterpart of the row among its parties, and a decision or start date within 3
days of the announced or effective date. Needs POLICYWIRE_SHARED.
"""

import argparse
import csv
from pathlib import Path

from bench.load_corpus import shared
from models.event import EventType, type_group
from warehouse.connection import open_warehouse

NEAR = """
    SELECT status, type, decision_date, targets, commodities, rate_value, measure_key, evidence
    FROM policy_events
    WHERE list_has_any(actors, $actors)
      AND list_contains($types, type)
      AND ($anybody OR list_has_any(list_concat(actors, targets), $others))
      AND (abs(date_diff('day', decision_date, CAST($announced AS DATE))) <= 3
           OR abs(date_diff('day', decision_date, CAST($effective AS DATE))) <= 3
           OR abs(date_diff('day', effective_on, CAST($effective AS DATE))) <= 3)
    ORDER BY list_has_any(targets, $others) DESC, status = $status DESC, type = $type DESC,
        mention_count DESC
    LIMIT 1
"""


def main() -> None:
    """Print the rows with a development and those without."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--actor", default="US")
    parser.add_argument("--year", default="2025")
    args = parser.parse_args()
    found = asked = 0
    with (
        (shared() / "reference" / "timeline.csv").open(encoding="utf-8", newline="") as file,
        open_warehouse(args.path) as con,
    ):
        for row in csv.DictReader(file):
            actors = row["actor"].split(",")
            if not row["announced"].startswith(args.year) or args.actor not in actors:
                continue
            asked += 1
            others = [c for c in row["target"].split(",") if c not in ("world", *actors[:1])]
            group = type_group(EventType(row["type"]))
            hit = con.execute(
                NEAR,
                {
                    "actors": actors,
                    "types": [t.value for t in EventType if type_group(t) == group],
                    "announced": row["announced"],
                    "effective": row["effective"] or row["announced"],
                    "status": row["status"],
                    "type": row["type"],
                    "others": others,
                    "anybody": not others,
                },
            ).fetchone()
            found += hit is not None
            mark = "found  " if hit else "missing"
            print(
                mark,
                row["id"],
                row["announced"],
                row["type"],
                row["status"],
                row["target"],
                "|",
                row["what"][:60],
            )
            if hit:
                print("        ", *hit[:7], "|", " ".join((hit[7] or "").split())[:90])
    print(f"{found} of {asked}")


if __name__ == "__main__":
    main()
