"""Scores linking: `python -m tests.quality.linking` prints the tables of docs/QUALITY.md.

The documents of labelled/linked/steps.jsonl are read and linked by the shipped code, each list in
a warehouse of its own. What it says is laid beside the labels: a labelled report is found when a
report of a type of the same group was read in its sentence; each stands for one other at most.
Then the groupings are compared, for steps (developments) and for measures: once over the reports
that both have, which judges linking alone, and once over all that are labelled. What nobody
labelled is left out, since the labels do not cover all that a document tells.

Needs the corpora of POLICYWIRE_SHARED.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from extractors.extract import Extractor
from extractors.text.readable import clean
from extractors.training.labelled import digest, documents_of, shared_folder
from models.errors import ConfigError
from models.event import EventStatus, EventType, status_class, type_group
from tests.quality.clustering import Agreement, Grouping, b_cubed, ceaf_e, clusters
from tests.quality.linked_pass import Report, article_of, feed_of, linked

STEPS = Path(__file__).parent / "labelled" / "linked" / "steps.jsonl"
FIELDS = {"title": "title", "text": "body"}
SHOWN = 8
Pointer = Mapping[str, Any]
Documents = Mapping[tuple[str, str], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A list of labels beside what was linked; `matched` maps a label's id to its report."""

    labels: Sequence[Pointer]
    reports: int
    matched: Mapping[str, Report]

    def labelled(self, level: str, *, all_labels: bool) -> dict[str, str]:
        """The labelled grouping into `step` or `measure`, of all labels or of those found."""
        return {p["id"]: p[level] for p in self.labels if all_labels or p["id"] in self.matched}

    def found(self, level: str) -> dict[str, str]:
        """The grouping by the linker into `step` or `measure`."""
        step = level == "step"
        return {k: r.development if step else r.measure for k, r in self.matched.items()}


def corpora() -> Path:
    """Where the corpora lie."""
    return shared_folder() / "corpora"


def read_labels(path: Path = STEPS) -> dict[str, list[Pointer]]:
    """The labels of each list, in the order of the file."""
    lists: dict[str, list[Pointer]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        pointer = json.loads(line)
        lists[pointer["list"]].append(pointer)
    return dict(lists)


def documents_for(labels: Iterable[Pointer], folder: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """The documents that labels point at, by corpus and id.

    Raises ConfigError where a corpus is not there or a text is not the one that was labelled: a
    score over fewer labels would not be comparable.
    """
    wanted: dict[str, dict[str, list[Pointer]]] = defaultdict(lambda: defaultdict(list))
    for pointer in labels:
        wanted[pointer["corpus"]][pointer["document"]].append(pointer)
    found = {}
    for corpus, pointers in wanted.items():
        for document in documents_of(folder, corpus):
            here = pointers.get(str(document["id"]))
            if here and all(fits(pointer, document) for pointer in here):
                found[corpus, str(document["id"])] = document
        for lost in sorted({key for key in pointers if (corpus, key) not in found}):
            raise ConfigError(f"document {lost} of {corpus} has another text by now, or is gone")
    return found


def fits(pointer: Pointer, document: Mapping[str, Any]) -> bool:
    """Is the labelled sentence still where the pointer says?"""
    title = pointer["field"] == "title"
    text = (document.get("title") or "").strip() if title else clean(document.get("text") or "")
    return digest(text[slice(*pointer["at"])]) == str(pointer["digest"])


def compare(labels: Sequence[Pointer], documents: Documents, extractor: Extractor) -> Compared:
    """Read and link the documents of one list, and lay the result beside its labels."""
    day = {(p["corpus"], p["document"]): p["published"] for p in labels}
    articles = {
        key: article_of(key[0], document, document.get("published") or day[key])
        for key, document in documents.items()
    }
    feeds = {f.feed_id: f for f in (feed_of(key[0], d) for key, d in documents.items())}
    reports = linked(list(articles.values()), feeds.values(), extractor)
    places = {
        p["id"]: (articles[p["corpus"], p["document"]].article_id, FIELDS[p["field"]])
        for p in labels
    }
    return Compared(labels=labels, reports=len(reports), matched=match(labels, places, reports))


def match(
    labels: Iterable[Pointer],
    places: Mapping[str, tuple[str, str]],
    reports: Iterable[Report],
) -> dict[str, Report]:
    """The report that each label found stands for; no report stands for two labels.

    `places` gives article and field of each label.
    """
    labels_at: dict[tuple[str, str], list[Pointer]] = defaultdict(list)
    reports_at: dict[tuple[str, str], list[Report]] = defaultdict(list)
    for pointer in labels:
        labels_at[places[pointer["id"]]].append(pointer)
    for report in reports:
        reports_at[report.place].append(report)
    matched = {}
    for place, here in labels_at.items():
        there = reports_at[place]
        if not there:
            continue
        points = np.array([[likeness(p, r) for r in there] for p in here])
        for i, j in zip(*linear_sum_assignment(points, maximize=True), strict=True):
            if points[i, j]:
                matched[here[i]["id"]] = there[j]
    return matched


def likeness(label: Pointer, report: Report) -> int:
    """Points for a report as the reading of a label; 0 where it cannot be.

    The first ten make one more pair worth more than any better pair.
    """
    (a, b), (start, end) = label["at"], report.at
    group = type_group(EventType(label["type"]))
    if not (start < b and a < end) or group != type_group(EventType(report.type)):
        return 0
    status, read = EventStatus(label["status"]), EventStatus(report.status)
    parties = {*label["actors"], *label["targets"]}
    return 10 + sum(
        (
            label["type"] == report.type,
            status == read,
            status_class(status) == status_class(read),
            2 * (set(report.implementer.split("+")) <= parties),
            set(label["targets"]) == set(report.targets),
            not set(label["targets"]).isdisjoint(report.targets),
        )
    )


def agreements(compared: Compared) -> Iterator[tuple[str, str, str, Agreement]]:
    """(level, over which labels, metric, agreement) of each score."""
    for level in ("step", "measure"):
        found = compared.found(level)
        for over in ("found", "all"):
            labelled = compared.labelled(level, all_labels=over == "all")
            yield level, over, "b_cubed", b_cubed(labelled, found)
            yield level, over, "ceaf_e", ceaf_e(labelled, found)


def scores(compared: Compared) -> dict[str, float]:
    """The share of labels found and the F1 of each score, by name, for the floors."""
    return {"found": len(compared.matched) / len(compared.labels)} | {
        f"{level}s_{metric}_{over}": agreement.f1
        for level, over, metric, agreement in agreements(compared)
    }


def score_linking(extractor: Extractor) -> dict[str, Compared]:
    """Each list of labels beside what the shipped code makes of its documents."""
    return {
        name: compare(labels, documents_for(labels, corpora()), extractor)
        for name, labels in read_labels().items()
    }


def wrong_pairs(whole: Grouping, parts: Grouping) -> dict[Any, list[tuple[str, str]]]:
    """Pairs of mentions in one cluster of `whole` and two of `parts`, by the cluster of `whole`."""
    torn: dict[Any, list[tuple[str, str]]] = {}
    for name, members in clusters(whole).items():
        pairs = [(a, b) for a, b in combinations(sorted(members), 2) if parts[a] != parts[b]]
        if pairs:
            torn[name] = pairs
    return torn


def difference(one: Report, other: Report) -> str:
    """The first part of two reports' measures in which their keys differ."""
    a, b = one.measure_key.split(":"), other.measure_key.split(":")
    if a[0] != b[0]:
        return "implementer"
    if len(a) != 5 or len(b) != 5:
        return "acts"
    names = ("implementer", "kind", "goods or companies", "targets", "month")
    return next((n for n, x, y in zip(names, a, b, strict=True) if x != y), "none")


def tables(lists: Mapping[str, Compared]) -> Iterator[str]:
    """The scores of each list."""
    for name, c in lists.items():
        found = f"{len(c.matched)} of {len(c.labels)} labelled reports found"
        yield f"{name}: {found}, {c.reports} read"
    yield ""
    yield "| | | | " + " | ".join(lists) + " |"
    yield "|---|---|---|" + "---|" * len(lists)
    rows = [list(agreements(c)) for c in lists.values()]
    for same in zip(*rows, strict=True):
        level, over, metric, _ = same[0]
        cells = [f"{a.precision:.3f} / {a.recall:.3f} / {a.f1:.3f}" for *_, a in same]
        title = "B-cubed" if metric == "b_cubed" else "CEAF-e"
        yield f"| {level}s | {over} | {title} | " + " | ".join(cells) + " |"


def errors(compared: Compared) -> Iterator[str]:
    """The measures that were most often merged or split, and in what their keys differ."""
    labelled = compared.labelled("measure", all_labels=False)
    found = compared.found("measure")
    split = wrong_pairs(labelled, found)
    why = Counter(
        difference(compared.matched[a], compared.matched[b]) for p in split.values() for a, b in p
    )
    yield f"split: {len(split)} measures, {why.total()} pairs; keys differ first in"
    yield "  " + ", ".join(f"{name} {count}" for name, count in why.most_common())
    for name, _ in largest(split):
        yield f"  {name}: " + counted(
            compared.matched[k].measure_key for k, v in labelled.items() if v == name
        )
    merged = wrong_pairs(found, labelled)
    yield f"merged: {len(merged)} measures, {sum(map(len, merged.values()))} pairs"
    for name, pairs in largest(merged):
        key = compared.matched[pairs[0][0]].measure_key
        yield f"  {key}: " + counted(labelled[k] for k, v in found.items() if v == name)


def largest(torn: Mapping[Any, list[Any]]) -> list[tuple[Any, list[Any]]]:
    """The clusters with most wrong pairs."""
    return sorted(torn.items(), key=lambda item: -len(item[1]))[:SHOWN]


def counted(names: Iterable[str]) -> str:
    """Names with their numbers, the most frequent first."""
    return ", ".join(f"{name} {count}" for name, count in Counter(names).most_common(SHOWN))


def main() -> None:
    """Print the scores and the commonest errors."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    lists = score_linking(Extractor())
    print("\n".join(tables(lists)))
    for name, compared in lists.items():
        print(f"\n{name}", *errors(compared), sep="\n")


if __name__ == "__main__":
    main()
