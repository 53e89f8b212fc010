"""The demo's run against expected.csv. What falls short today is listed, and may only shrink.

`python -m tests.flows.test_demo_truth SNAPSHOT` prints how the shortfalls of a run differ from the
list; with `--write` it lists them anew.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, fields, replace
from pathlib import Path

import pytest

from flows.commands.demo.material import expected_developments
from tests.flows.demo_truth import (
    Notice,
    Shortfall,
    Told,
    met_by,
    notices_of,
    row_name,
    shortfalls,
    told_by,
)
from warehouse.snapshot import query

KNOWN = Path(__file__).parents[1] / "data" / "demo_shortfalls.csv"
# Lower it with each line that goes. What makes one rise is told in docs/DECISIONS.md.
AT_MOST = {"notice": 5, "row": 62, "step": 13, "told": 32}


@pytest.fixture(scope="module")
def snapshot(demo_run: Path) -> Path:
    """The snapshot that `policywire demo` publishes."""
    return demo_run / "demo.snapshot.duckdb"


@pytest.fixture(scope="module")
def told(snapshot: Path) -> list[Told]:
    return told_by(snapshot)


@pytest.fixture(scope="module")
def notices(snapshot: Path) -> list[Notice]:
    return notices_of(snapshot)


def known_shortfalls() -> set[Shortfall]:
    with KNOWN.open(encoding="utf-8", newline="") as file:
        return {Shortfall(**row) for row in csv.DictReader(file)}


def write_shortfalls(found: Iterable[Shortfall]) -> None:
    with KNOWN.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field.name for field in fields(Shortfall)])
        writer.writerows(astuple(one) for one in sorted(found))


def test_the_run_falls_short_only_where_it_is_listed(
    told: list[Told], notices: list[Notice]
) -> None:
    found, known = shortfalls(expected_developments(), told, notices), known_shortfalls()
    assert sorted(found - known) == [], "new shortfalls: mend the cause, do not list them"
    assert sorted(known - found) == [], f"met by now: take these lines out of {KNOWN.name}"


def test_the_list_only_shrinks() -> None:
    counts = Counter(one.about for one in known_shortfalls())
    assert {about: counts[about] for about in AT_MOST} == AT_MOST, "lower AT_MOST, never raise it"


def test_near_misses_are_silent(told: list[Told], notices: list[Notice]) -> None:
    spoken = {one.article for one in told} | {one.article for one in notices}
    assert sorted(name for name in spoken if name.startswith("nm-")) == []


PAUSES = """
SELECT last_status, last_ends_on::VARCHAR AS ends, tickers
FROM measure_status
WHERE implementer = 'CN' AND family = 'export' AND list_contains(commodities, $good)
    AND last_ends_on IS NOT NULL AND last_status = 'suspended'
"""


@pytest.mark.parametrize(
    ("good", "ends", "listings"),
    [
        ("rare_earths", "2026-11-10", {"XNYS:MP", "XASX:LYC", "XNAS:USAR"}),
        ("gallium", "2026-11-27", {"XNYS:AA", "XASE:UAMY"}),
    ],
)
def test_the_founding_pauses_stand_with_their_end_and_listings(
    snapshot: Path, good: str, ends: str, listings: set[str]
) -> None:
    rows = query(snapshot, PAUSES, {"good": good}).table.to_pylist()
    # Six acts are paused to one day, several of them on rare earths.
    found = [row for row in rows if row["ends"] == ends]
    assert found
    assert any(listings <= set(row["tickers"]) for row in found)


def test_a_lost_row_and_a_false_notice_would_be_found(
    told: list[Told], notices: list[Notice]
) -> None:
    expected = expected_developments()
    before = shortfalls(expected, told, notices)
    row, lost = next((r, t) for r, t in met_by(expected, told).items() if r.required)
    without = shortfalls(expected, [one for one in told if one is not lost], notices)
    assert Shortfall("row", row_name(row), "missing") in without - before
    stray = replace(notices[0], development="none", severity="flash", article="nm-ferry")
    more = shortfalls(expected, told, [*notices, stray])
    assert more - before == {Shortfall("notice", "nm-ferry", f"flash {stray.type} {stray.status}")}


def test_rows_have_unique_names_and_steps_one_notice() -> None:
    expected = expected_developments()
    names = Counter(map(row_name, expected))
    assert [name for name, count in names.items() if count > 1] == []
    owed = Counter(row.step for row in expected if row.notice != "no" and row.required)
    assert {row.notice for row in expected} == {"flash", "urgent", "notice", "no"}
    told_twice = [step for step, count in owed.items() if count > 1]
    assert told_twice == [], "the first report owes the notice, the others do not"


def main() -> None:
    """Print how a run differs from the list."""
    snapshot = Path(sys.argv[1])
    found = shortfalls(expected_developments(), told_by(snapshot), notices_of(snapshot))
    known = known_shortfalls() if KNOWN.exists() else set()
    for sign, group in (("+", found - known), ("-", known - found)):
        for one in sorted(group):
            print(sign, *astuple(one))
    required = sum(row.required for row in expected_developments())
    wrong = {one.subject for one in found if one.about == "row"}
    counts = dict(sorted(Counter(one.about for one in found).items()))
    print(f"{required - len(wrong)} of {required} rows right; shortfalls: {counts}")
    if "--write" in sys.argv:
        write_shortfalls(found)


if __name__ == "__main__":
    main()
