"""Replays two months of news with the shipped rules and holds its notices against judgements.

    python -m tests.quality.replay load /tmp/replay.duckdb
    python -m tests.quality.replay show /tmp/replay.duckdb
    python -m tests.quality.replay keep /tmp/replay.duckdb /tmp/marks.csv

`load` backfills 30 days of two news corpora as a user does: `policywire backfill --alerts`. `show`
prints the notices that each shipped rule would have sent and how a reader judged them, in
labelled/replay.csv; then the precision of each rule and the notices that nobody judged yet. `new`
prints those with headline and sentence, to judge. `keep` adds judgements, a line each: number as
`new` prints it, right, doubtful or wrong, cause. Right: the step stands in the text, with this
type, class of status, actor and target, is news of those days, and the severity fits. The file
holds pointers and facts, never a text. Needs the corpora of POLICYWIRE_SHARED.
"""

import argparse
import csv
import gzip
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from bench.load_corpus import shared
from flows.alerting.rounds import read_rules
from flows.alerting.trial import told_at
from flows.base.settings import Settings
from flows.history.archives import item_of
from models.alert import AlertCandidate, AlertRule, matches
from models.headline import headline
from warehouse.alerting.alert_history import developments_since

JUDGED = Path(__file__).parent / "labelled" / "replay.csv"
# Thirty days of each: corpus, first day, last day.
PERIODS = (
    ("news/meridian_rss_2026", "2026-04-01", "2026-04-30"),
    ("news/adams_desk", "2025-12-01", "2025-12-30"),
)
SINCE = datetime(2025, 11, 30, tzinfo=UTC)
JUDGEMENTS = ("right", "doubtful", "wrong")
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A notice and what a reader says of it. `document` is the id in the corpus.

    `actors` and `targets` are codes with spaces between. `cause` says what was misread, if wrong.
    """

    corpus: str
    document: str
    rule: str
    severity: str
    type: str
    status: str
    actors: str
    targets: str
    judgement: str = ""
    cause: str = ""

    @property
    def key(self) -> Key:
        """What makes two notices the same: a change of any of these needs a new judgement."""
        return (
            self.corpus,
            self.document,
            self.rule,
            self.type,
            self.status,
            self.actors,
            self.targets,
        )


@dataclass(frozen=True, slots=True)
class Told:
    """A notice of the replay, with what a reader needs to judge it."""

    notice: Judged
    candidate: AlertCandidate


def load(warehouse: Path) -> None:
    """Backfill the periods. A second call continues where the first stopped."""
    for corpus, first, last in PERIODS:
        archive = shared() / "corpora" / f"{corpus}.jsonl.gz"
        command = [sys.executable, "-m", "flows.commands.cli", "backfill", str(archive)]
        command += ["--feed", corpus, "--from", first, "--to", last, "--alerts", "--lenient"]
        subprocess.run([*command, "--warehouse", str(warehouse)], check=True)


def told(warehouse: Path) -> list[Told]:
    """Return what the shipped rules tell of the warehouse, in the order of the rules."""
    settings = Settings(warehouse=warehouse)
    documents = documents_of()
    book = read_rules(settings.rule_paths, settings.alert_tables_in, settings.default_channel)
    return [
        notice_of(candidate, rule, documents)
        for rule in book.rules
        for candidate in developments_since(settings.snapshot, SINCE, rule)
        if matches(rule, candidate, told_at(candidate))
    ]


def notice_of(
    candidate: AlertCandidate, rule: AlertRule, documents: Mapping[Key, tuple[str, str]]
) -> Told:
    """Return a development that a rule tells, with its document."""
    corpus, document = documents[place(candidate.title or "", candidate.published_at)]
    notice = Judged(
        corpus=corpus,
        document=document,
        rule=rule.rule_id,
        severity=rule.severity.value,
        type=candidate.type,
        status=candidate.status,
        actors=" ".join(candidate.actors),
        targets=" ".join(candidate.targets),
    )
    return Told(notice, candidate)


def documents_of() -> dict[Key, tuple[str, str]]:
    """Return corpus and id of each document of the periods, by title and time."""
    found = {}
    for corpus, first, last in PERIODS:
        path = shared() / "corpora" / f"{corpus}.jsonl.gz"
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if first <= (row.get("published") or "")[:10] <= last:
                    item = item_of(row)
                    found[place(item.title, item.published_at)] = corpus, row["id"]
    return found


def place(title: str, published: datetime | None) -> Key:
    """Return what finds a document again: the letters of its title, and its time."""
    return "".join(filter(str.isalnum, title)), published.isoformat() if published else ""


def judged() -> list[Judged]:
    """Return the judgements that were kept."""
    if not JUDGED.is_file():
        return []
    with JUDGED.open(encoding="utf-8", newline="") as file:
        return [Judged(**row) for row in csv.DictReader(file)]


def waiting(notices: Sequence[Told]) -> list[Told]:
    """Return the notices without a judgement."""
    known = {each.key for each in judged()}
    return [each for each in notices if each.notice.key not in known]


def precision(notices: Sequence[Judged]) -> Iterator[str]:
    """A line for each rule, then for each severity: how many notices were right."""
    for name in ("rule", "severity"):
        groups: dict[str, Counter[str]] = {}
        for notice in notices:
            groups.setdefault(getattr(notice, name), Counter())[notice.judgement or "unjudged"] += 1
        for group, counts in groups.items():
            known = sum(counts[word] for word in JUDGEMENTS)
            share = f", precision {counts['right'] / known:.2f}" if known else ""
            words = ", ".join(f"{counts[word]} {word}" for word in (*JUDGEMENTS, "unjudged"))
            yield f"{name} {group}: {words}{share}"


def show(warehouse: Path) -> None:
    """Print the notices with their judgements, then the precision."""
    verdicts = {each.key: each for each in judged()}
    notices = told(warehouse)
    known = [verdicts.get(each.notice.key, each.notice) for each in notices]
    for each, verdict in zip(notices, known, strict=True):
        words = verdict.judgement or "unjudged"
        if verdict.cause:
            words += f" ({verdict.cause})"
        print(f"{each.notice.severity:7}{each.notice.rule:24}{headline(each.candidate)} | {words}")
    print(*precision(known), sep="\n")
    gone = verdicts.keys() - {each.notice.key for each in notices}
    print(f"{len(gone)} judged notices are no longer told")


def show_new(warehouse: Path) -> None:
    """Print the notices without a judgement, numbered, with title and sentence."""
    for number, each in enumerate(waiting(told(warehouse)), 1):
        c, n = each.candidate, each.notice
        print(f"{number}. {n.severity} {n.rule} {n.corpus}/{n.document} {told_at(c):%Y-%m-%d}")
        print(f"   {headline(c)} [{c.time_frame} {c.factuality} {c.novelty} {c.confidence}]")
        print(f"   T: {c.title}\n   S: {' '.join((c.evidence or '').split())}")


def keep(warehouse: Path, marks: Path) -> None:
    """Add the judgements of a file to labelled/replay.csv: number, judgement, cause."""
    new = waiting(told(warehouse))
    with marks.open(encoding="utf-8", newline="") as file:
        for number, judgement, *cause in csv.reader(file):
            if judgement not in JUDGEMENTS:
                raise SystemExit(f"{marks}: {number}: {judgement!r} is none of {JUDGEMENTS}")
            values = asdict(new[int(number) - 1].notice)
            added = Judged(**values | {"judgement": judgement, "cause": "".join(cause).strip()})
            # A document can tell one step twice: one judgement stands for both.
            write([*(each for each in judged() if each.key != added.key), added])


def write(notices: Sequence[Judged]) -> None:
    """Replace the kept judgements."""
    with JUDGED.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, [f.name for f in fields(Judged)], lineterminator="\n")
        rows.writeheader()
        rows.writerows(asdict(notice) for notice in notices)


def main() -> None:
    """Run one of load, show, new and keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("step", choices=("load", "show", "new", "keep"))
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("marks", type=Path, nargs="?")
    args = parser.parse_args()
    if args.step == "load":
        load(args.warehouse)
    elif args.step == "show":
        show(args.warehouse)
    elif args.step == "new":
        show_new(args.warehouse)
    else:
        keep(args.warehouse, args.marks)


if __name__ == "__main__":
    main()
