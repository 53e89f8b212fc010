"""Grids of our own sentences: families in which one trait decides what must be read.

Each line of `tests/data/grids/<family>.jsonl` says in `expect` only what its family is about. One
more grid is made by code: every jurisdiction of countries.csv with every trade verb, active,
passive and as a noun. `python -m tests.extractors.events.grids [-v]` prints how many are right;
with -v also the wrong ones.
"""

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from extractors.events.gazetteer import NO_JURISDICTION
from extractors.extract import Extractor
from extractors.listings.affected import AffectedListings
from extractors.records import read_pipe

ROOT = Path(__file__).parents[3]
GRIDS = ROOT / "tests" / "data" / "grids"
COUNTRIES = ROOT / "models" / "reference" / "countries.csv"
PUBLISHED = "2026-11-27"
PRODUCTS = ("timber", "copper", "rice", "cement", "sugar", "scrap metal", "salt", "nickel")
STOPS = ["export_ban"]
CURBS = ["export_ban", "export_control", "export_licensing", "export_quota"]
BEGUN = ["adopted", "announced", "in_force"]
# What is done to exports of a product, said as an act, a passive and a noun; what must be read.
VERBS: tuple[tuple[str, str, str, list[str], list[str]], ...] = (
    (
        "{who} bans {what} exports",
        "{What} exports are banned by {who}",
        "{who}'s ban on {what} exports takes effect",
        STOPS,
        BEGUN,
    ),
    (
        "{who} restricts {what} exports",
        "{What} exports are restricted by {who}",
        "{who}'s restrictions on {what} exports take effect",
        CURBS,
        BEGUN,
    ),
    (
        "{who} halts {what} exports",
        "{What} exports are halted by {who}",
        "Halt of {what} exports ordered by {who}",
        STOPS,
        BEGUN,
    ),
    (
        "{who} suspends {what} exports",
        "{What} exports are suspended by {who}",
        "Suspension of {what} exports announced by {who}",
        STOPS,
        BEGUN,
    ),
    (
        "{who} lifts ban on {what} exports",
        "Ban on {what} exports is lifted by {who}",
        "Lifting of {what} export ban announced by {who}",
        STOPS,
        ["lifted"],
    ),
)
VOICES = ("active", "passive", "nominal")
# What `expect` says of one event, and where the event holds it.
CHOICES = {
    "types": "type",
    "statuses": "status",
    "polarity": "polarity",
    "factuality": "factuality",
    "status_target": "status_target",
}


@dataclass
class Family:
    """The sentences of one family, and what was wrong with those that were misread."""

    name: str
    records: list[dict[str, Any]]
    wrong: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        return 1 - len(self.wrong) / len(self.records)


def written() -> Iterator[Family]:
    """The families that were written down."""
    for path in sorted(GRIDS.glob("*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        yield Family(path.stem, list(map(json.loads, lines)))


def _crossed(family: str, texts: Iterable[tuple[str, str, list[str], list[str]]]) -> Family:
    records = [
        {
            "id": f"{family}-{number:04d}",
            "kind": "headline",
            "published": PUBLISHED,
            "text": text,
            "expect": {"event": True, "types": types, "statuses": statuses, "actors": [code]},
        }
        for number, (code, text, types, statuses) in enumerate(texts)
    ]
    return Family(family, records)


def crossed() -> Iterator[Family]:
    """Jurisdictions by name with each verb and voice; by demonym and capital with each verb."""
    with COUNTRIES.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["code"] not in NO_JURISDICTION]
    names = [(row["code"], row["name"]) for row in rows]
    demonyms = [
        (row["code"], f"{row['demonyms'].split('|')[0]} government")
        for row in rows
        if row["demonyms"] and not row["demonyms"].split("|")[0].endswith("'s")
    ]
    capitals = [(row["code"], row["capital"].split("|")[0]) for row in rows if row["capital"]]
    for place, voice in enumerate(VOICES):
        yield _crossed(f"cross-{voice}", _sentences(names, [place]))
    yield _crossed("cross-demonym", _sentences(demonyms, [0]))
    yield _crossed("cross-capital", _sentences(capitals, [0]))


def _sentences(
    actors: Sequence[tuple[str, str]], places: Sequence[int]
) -> Iterator[tuple[str, str, list[str], list[str]]]:
    for number, (code, who) in enumerate(actors):
        for step, (*forms, types, statuses) in enumerate(VERBS):
            what = PRODUCTS[(number + step) % len(PRODUCTS)]
            for place in places:
                text = str(forms[place]).format(who=who, what=what, What=what.capitalize())
                yield code, text[0].upper() + text[1:], list(types), list(statuses)


def faults(expect: dict[str, Any], events: list[dict[str, Any]]) -> list[str]:
    """What an answer has wrong by `expect`; empty when all is right."""
    found: list[str] = []
    named = [t["listing"] for event in events for t in event["tickers"] if t["link"] == "named"]
    actors = [actor for event in events for actor in event["actors"]]
    for key, held, seen in (("not_actors", "actors", actors), ("not_tickers", "tickers", named)):
        found += [f"{held} has {value}" for value in expect.get(key, ()) if value in seen]
    if expect.get("event") is False:
        found += ["an event, where there is none"] if events else []
    elif expect.get("event") and not (expect.get("none_ok") and not events):
        found += _nearest(expect, events)
    found += _unmatched(expect.get("measures", ()), events)
    return found


def _nearest(expect: dict[str, Any], events: list[dict[str, Any]]) -> list[str]:
    """What the event that fits best has wrong."""
    told = [_misfits(expect, event) for event in events] or [["no event"]]
    return min(told, key=len)


def _misfits(expect: dict[str, Any], event: dict[str, Any]) -> list[str]:
    found = [
        f"{name} is {event[name]}"
        for key, name in CHOICES.items()
        if key in expect and event[name] not in expect[key]
    ]
    held = {
        "actors": event["actors"],
        "targets": event["targets"],
        "dates": [date["date"] for date in event["dates"]],
        "rates": [rate["value"] for rate in event["rates"]],
    }
    for key in ("actors", "targets"):
        if key in expect and sorted(held[key]) != sorted(expect[key]):
            found.append(f"{key} are {held[key]}")
    for key in ("dates", "rates"):
        if any(value not in held[key] for value in expect.get(key, ())):
            found.append(f"{key} are {held[key]}")
    return found


def _unmatched(measures: Sequence[dict[str, Any]], events: list[dict[str, Any]]) -> list[str]:
    """Measures for which no event of their own is left."""
    left, found = list(events), []
    for measure in measures:
        fit = next((event for event in left if not _misfits(measure, event)), None)
        if fit is None:
            found.append(f"no event for {measure}")
        else:
            left.remove(fit)
    return found


def judge(families: Sequence[Family], extractor: Extractor | None = None) -> None:
    """Read all families in one batch through the pipe, and note what is wrong."""
    records = [record for family in families for record in family.records]
    asked = io.StringIO(
        "".join(json.dumps({k: v for k, v in r.items() if k != "expect"}) + "\n" for r in records)
    )
    answers = io.StringIO()
    read_pipe(asked, answers, tickers=AffectedListings().by_event, extractor=extractor)
    told = iter(map(json.loads, answers.getvalue().splitlines()))
    for family in families:
        for record in family.records:
            if wrong := faults(record["expect"], next(told)["events"]):
                family.wrong.append(f"{record['id']} {record['text']!r}: {'; '.join(wrong)}")


@cache
def judged() -> dict[str, Family]:
    """All families, read once."""
    families = [*written(), *crossed()]
    judge(families)
    return {family.name: family for family in families}


def main(arguments: Sequence[str]) -> int:
    """Print the table: family, right of total; with -v also what was wrong."""
    for family in judged().values():
        total = len(family.records)
        print(f"{family.name:24} {total - len(family.wrong):5} / {total:5}  {family.share:.3f}")
        if "-v" in arguments:
            print("".join(f"    {line}\n" for line in family.wrong), end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
