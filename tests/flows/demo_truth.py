"""Compares a run of the demo with the rows of expected.csv and names every shortfall.

A row is met by a development that its article tells: of a type of the same group, with a status of
the same class; what else differs is a shortfall of that row. No development meets two rows of an
article. A notice belongs to the step of a row that its development meets; each step that owes the
desk a notice has one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from flows.commands.demo.material import ExpectedDevelopment
from models.event import EventStatus, EventType, status_class, type_group
from models.reference import load_commodities
from warehouse.snapshot import query

TOLD = Path(__file__).with_name("told_developments.sql")
NOTICES = """
SELECT alert.development_id AS development, alert.severity,
    regexp_extract(article.guid, ':([^:]+)$', 1) AS article, step.type, step.status
FROM alerts AS alert
JOIN policy_events AS step USING (development_id)
JOIN store.articles AS article
    ON article.article_id = step.article_id AND article.version = step.article_version
ORDER BY alert.severity, article, step.type, step.status, alert.alert_id
"""
SURE = frozenset({"asserted", "scheduled"})
# Measures of one company: the company stands for its goods (ontology section 7).
OF_COMPANIES = frozenset(
    {"licensing_deal", "government_investment", "sanction_listing", "investment_screening"}
)
PAST = "background"
DAYS = 3
RATE = 0.5


@dataclass(frozen=True, slots=True, order=True)
class Shortfall:
    """Where the run is not as expected: `about` a row, a step, a notice or a development told."""

    about: str
    subject: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A development as one article tells it; each list has one item a mention."""

    article: str
    development: str
    rate: float | None
    ends: str | None
    types: tuple[str, ...]
    statuses: tuple[str, ...]
    factualities: tuple[str, ...]
    time_frames: tuple[str, ...]
    actors: tuple[frozenset[str], ...]
    targets: tuple[frozenset[str], ...]
    goods: frozenset[str]

    @property
    def classes(self) -> set[str]:
        """The status classes."""
        return {status_class(EventStatus(status)) for status in self.statuses}

    @property
    def groups(self) -> set[str]:
        """The relaxed groups of the types."""
        return {type_group(EventType(name)) for name in self.types}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice of the run, with the article that reported its development first."""

    development: str
    severity: str
    article: str
    type: str
    status: str


def told_by(snapshot: Path) -> list[Told]:
    """What the articles of a run tell."""
    rows = query(snapshot, TOLD.read_text(encoding="utf-8")).table.to_pylist()
    mentions: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        mentions[row["article"], row["development"]].append(row)
    return [_told(found) for found in mentions.values()]


def _told(rows: Sequence[Mapping[str, Any]]) -> Told:
    def column(name: str) -> tuple[str, ...]:
        return tuple(str(row[name]) for row in rows)

    def sets(name: str) -> tuple[frozenset[str], ...]:
        return tuple(frozenset(row[name] or ()) for row in rows)

    rate, ends = rows[0]["rate"], rows[0]["ends"]
    return Told(
        article=str(rows[0]["article"]),
        development=str(rows[0]["development"]),
        rate=None if rate is None else float(rate),
        ends=ends,
        types=column("type"),
        statuses=column("status"),
        factualities=column("factuality"),
        time_frames=column("time_frame"),
        actors=sets("actors"),
        targets=sets("targets"),
        goods=frozenset().union(*sets("commodities")),
    )


def notices_of(snapshot: Path) -> list[Notice]:
    """The notices of a run."""
    return [Notice(**row) for row in query(snapshot, NOTICES).table.to_pylist()]


def shortfalls(
    expected: Sequence[ExpectedDevelopment], told: Sequence[Told], notices: Sequence[Notice]
) -> set[Shortfall]:
    """All that is not as expected: rows, developments that no row has, notices."""
    met = met_by(expected, told)
    found = {
        Shortfall("row", row_name(row), lack)
        for row in expected
        if row.required
        for lack in (lacks(row, met[row]) if row in met else ["missing"])
    }
    known = {id(one) for one in met.values()}
    found |= {
        Shortfall("told", one.article, f"{one.types[0]} {one.statuses[0]}")
        for one in told
        if id(one) not in known
    }
    return found | notice_shortfalls(expected, met, notices)


def row_name(row: ExpectedDevelopment) -> str:
    """A row in words, unique in expected.csv."""
    parts = (row.type, row.status, "|".join(row.actors), row.product, row.factuality)
    return " ".join((row.article_id, *filter(None, parts)))


def met_by(
    expected: Iterable[ExpectedDevelopment], told: Iterable[Told]
) -> dict[ExpectedDevelopment, Told]:
    """The development that meets each row; rows without one are left out."""
    rows_of: dict[str, list[ExpectedDevelopment]] = defaultdict(list)
    told_of: dict[str, list[Told]] = defaultdict(list)
    for row in expected:
        rows_of[row.article_id].append(row)
    for one in told:
        told_of[one.article].append(one)
    met = {}
    for article, rows in rows_of.items():
        there = told_of[article]
        if not there:
            continue
        points = np.array([[likeness(row, one) for one in there] for row in rows])
        for i, j in zip(*linear_sum_assignment(points, maximize=True), strict=True):
            if points[i, j] > 0:
                met[rows[i]] = there[j]
    return met


def likeness(row: ExpectedDevelopment, one: Told) -> float:
    """Points for a development as the one that a row asks for; 0 where it cannot be."""
    same_group = type_group(EventType(row.type)) in one.groups
    if not same_group or status_class(EventStatus(row.status)) not in one.classes:
        return 0.0
    return 20.0 + row.required - 2.0 * len(lacks(row, one))


def lacks(row: ExpectedDevelopment, one: Told) -> list[str]:
    """What a development that meets a row gets wrong."""
    checks = {
        "type": row.type in one.types,
        "factuality": _sure(row.factuality) in {_sure(f) for f in one.factualities},
        "time frame": (row.time_frame == PAST) in {frame == PAST for frame in one.time_frames},
        "actors": same_actors(row, one),
        "targets": same_targets(row, one),
        "product": row.type in OF_COMPANIES or same_product(row.product, one.goods),
        "rate": row.rate_pct is None
        or (one.rate is not None and abs(one.rate - row.rate_pct) <= RATE),
        "end": row.end_date == "*" or same_day(row.end_date, one.ends or ""),
    }
    return [name for name, right in checks.items() if not right]


def _sure(factuality: str) -> str:
    return "sure" if factuality in SURE else factuality


def same_actors(row: ExpectedDevelopment, one: Told) -> bool:
    """Are the actors, or the parties of an agreement, those of the row?"""
    wanted = frozenset(row.actors)
    named = one.actors
    if row.type == "trade_agreement":
        wanted |= frozenset(row.targets) - {"world"}
        named = tuple(a | t for a, t in zip(one.actors, one.targets, strict=True))
    return wanted in named or wanted == frozenset().union(*named)


def same_targets(row: ExpectedDevelopment, one: Told) -> bool:
    """Are the targets those of the row? The parties of an agreement count as its actors."""
    wanted = frozenset(row.targets) - {"world"}
    named = frozenset().union(*one.targets) - {"world"}
    if row.type == "trade_agreement":
        return True
    return named == wanted or (not named and wanted <= frozenset(row.actors))


def same_product(wanted: str, named: frozenset[str]) -> bool:
    """Is the product named, or one above or below it?"""
    if not wanted:
        return True
    if wanted == "all_goods":
        return not named or wanted in named
    return any(wanted in line(good) or good in line(wanted) for good in named)


def line(commodity_id: str) -> list[str]:
    """A commodity and those above it."""
    commodities, found = load_commodities(), [commodity_id]
    while parent := commodities[found[-1]].parent_id:
        found.append(parent)
    return found


def same_day(wanted: str, named: str) -> bool:
    """Is it the same date, within three days, or the same period?"""
    if not wanted or not named:
        return wanted == named
    if len(wanted) == len(named) == 10:
        return abs((date.fromisoformat(wanted) - date.fromisoformat(named)).days) <= DAYS
    return wanted.startswith(named) or named.startswith(wanted)


def notice_shortfalls(
    expected: Iterable[ExpectedDevelopment],
    met: Mapping[ExpectedDevelopment, Told],
    notices: Sequence[Notice],
) -> set[Shortfall]:
    """Steps without their notice or with several, and notices that no step owes."""
    owed: dict[str, str] = {}
    required = set()
    steps_of: dict[str, set[str]] = defaultdict(set)
    for row in expected:
        if row.notice != "no":
            owed[row.step] = row.notice
        if row.notice != "no" and row.required:
            required.add(row.step)
        if row in met:
            steps_of[met[row].development].add(row.step)
    sent: dict[str, list[Notice]] = defaultdict(list)
    found = set()
    for notice in notices:
        open_to = sorted(
            (step for step in steps_of[notice.development] if step in owed),
            key=lambda step: (len(sent[step]), owed[step] != notice.severity, step),
        )
        if open_to:
            sent[open_to[0]].append(notice)
        else:
            words = f"{notice.severity} {notice.type} {notice.status}"
            found.add(Shortfall("notice", notice.article, words))
    for step, severity in owed.items():
        if not sent[step] and step in required:
            found.add(Shortfall("step", step, "silent"))
        if len(sent[step]) > 1:
            found.add(Shortfall("step", step, f"told {len(sent[step])} times"))
        if sent[step] and severity not in {notice.severity for notice in sent[step]}:
            found.add(Shortfall("step", step, f"not {severity}"))
    return found
