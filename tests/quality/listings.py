"""Draws developments by lot with the listings they affect, to judge, and tallies the judgements.

    python -m tests.quality.listings load /tmp/drawn.duckdb
    python -m tests.quality.listings draw /tmp/drawn.duckdb --seed 17 --pointers /tmp/17.jsonl
    python -m tests.quality.listings keep /tmp/17.jsonl /tmp/17.wrong
    python -m tests.quality.listings tally
    python -m tests.quality.listings agree

`load` reads and links items of three feed corpora that hold a sentence worth reading, drawn by
lot. `draw` finds the listings anew, so it shows the code at hand, and draws among the developments
that affect any: headline, sentence, then each link as "4.2 listing link sign | reason". A reader
notes the faulty ones, a line each: "4.2 sign: kind of error", or "4.2-5"; `listing`, `sign` and
`reason` are what can be wrong. `keep` adds the lot to labelled/listings/first.jsonl: pointers,
links and verdicts, without any text. `agree` compares it with the second reader's marks in
labelled/listings/second.jsonl: the faults of each link, in order. Needs the corpora of
POLICYWIRE_SHARED.
"""

import argparse
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sklearn.metrics import cohen_kappa_score

from extractors.extract import EXTRACTOR_VERSION, Extractor
from extractors.listings.affected import AffectedListings
from extractors.reading.cascade import Gates
from extractors.training.labelled import digest, documents_of, shared_folder
from flows.extract import unit_of
from flows.link import group_copies, link_mentions
from models.event import TextUnit
from models.security import TickerLink
from tests.quality.linked_pass import article_of, feed_of
from warehouse.articles.articles import articles_to_extract, save_feeds, save_ingest
from warehouse.connection import open_warehouse
from warehouse.events.events import DevelopmentToJoin, load_to_join, save_extractions

CORPORA = ("feed_items_2026", "news/adams_desk", "news/gdelt_financial_2025")
ITEMS, LOT, BATCH = 1000, 17, 100
# Items without a date count as seen on the day that the corpus was gathered.
GATHERED = "2026-08-22"
JUDGED = Path(__file__).parent / "labelled" / "listings" / "first.jsonl"
SECOND = JUDGED.with_name("second.jsonl")
VERDICTS = ("listing", "sign", "reason")
FAULTY = re.compile(r"(\d+)\.(\d+)(?:-(\d+))?\s+([a-z,]+)\s*:\s*(.+)")
QUEUE = "SELECT development_id, revision FROM store.developments ORDER BY development_id"


def drawn_items(corpus: str, count: int) -> Iterator[dict[str, Any]]:
    """Yield items of a corpus in an order by lot, only those with a sentence that passes."""
    gates = Gates(0.99)
    items = list(documents_of(shared_folder() / "corpora", corpus))
    random.Random(LOT).shuffle(items)
    for item in items:
        title, text = (item.get("title") or "").strip(), item.get("text") or ""
        unit = TextUnit(unit_id=item["id"], title=title, text=text[:20_000])
        if any(gates.sentences(unit)):
            yield item
            count -= 1
        if not count:
            return


def load(path: Path, corpora: Sequence[str], count: int, after: int) -> None:
    """Store, read and link the drawn items of each corpus, those beyond the first `after`."""
    extractor = Extractor()
    for corpus in corpora:
        items = list(drawn_items(corpus, after + count))[after:]
        feeds = {feed.feed_id: feed for feed in (feed_of(corpus, item) for item in items)}
        with open_warehouse(path) as con:
            save_feeds(con, list(feeds.values()))
            articles = [article_of(corpus, i, i.get("published") or GATHERED) for i in items]
            save_ingest(con, articles=articles)
            while waiting := articles_to_extract(con, EXTRACTOR_VERSION, BATCH):
                units = [unit_of(article, feeds) for article in waiting]
                save_extractions(con, list(extractor.extract(units)), datetime.now(UTC))
        print(f"{corpus}: {len(items)} items", flush=True)
    group_copies(path)
    print(f"{link_mentions(path)} developments")


def affecting(path: Path) -> list[tuple[DevelopmentToJoin, tuple[TickerLink, ...]]]:
    """Return the developments that affect a listing, with what they affect by the code at hand."""
    affected = AffectedListings()
    with open_warehouse(path) as con:
        keys = ("development_id", "revision")
        rows = [dict(zip(keys, row, strict=True)) for row in con.execute(QUEUE).fetchall()]
        waiting = load_to_join(con, rows)
    linked = ((item, affected.by_event(item.unit, item.event)) for item in waiting)
    return sorted(
        ((item, links) for item, links in linked if links), key=lambda p: p[0].development_id
    )


def draw(paths: Sequence[Path], seed: int, count: int, pointers: Path) -> None:
    """Print a sheet to judge and write its pointers, without sentences judged in other lots."""
    known = {pointer["digest"] for pointer in judged() if pointer["lot"] != seed}
    found: list[tuple[DevelopmentToJoin, tuple[TickerLink, ...]]] = []
    guids: dict[str, str] = {}
    for path in paths:
        found += affecting(path)
        with open_warehouse(path) as con:
            guids |= dict(con.execute("SELECT article_id, guid FROM store.articles").fetchall())
    held = [pair for pair in found if digest(pair[0].event.sentence) not in known]
    chosen = random.Random(seed).sample(held, min(count, len(held)))
    with pointers.open("w", encoding="utf-8") as file:
        for number, (item, links) in enumerate(chosen, 1):
            event = item.event
            corpus, document = guids[item.unit.unit_id].rsplit("/", 1)
            pointer = {
                "lot": seed,
                "number": number,
                "corpus": corpus,
                "document": document,
                "field": event.field,
                "at": [event.sentence_start, event.sentence_start + len(event.sentence)],
                "digest": digest(event.sentence),
                "event": [event.type.value, event.status.value],
                "links": [[link.listing, link.link, link.sign] for link in links],
            }
            file.write(json.dumps(pointer) + "\n")
            print(f"{number}. {item.unit.title}\n   {' '.join(event.sentence.split())}")
            print(
                f"   = {event.type} {event.status} {event.factuality} by {','.join(event.actors)} "
                f"on {','.join(event.targets)} goods {','.join(event.commodities)} "
                f"firms {'; '.join(event.company_texts)}"
            )
            for place, link in enumerate(links, 1):
                print(f"   {number}.{place} {link.listing} {link.link} {link.sign} | {link.why}")
    print(f"{len(chosen)} of {len(held)} developments that affect a listing")


def keep(pointers: Path, faulty: Path) -> None:
    """Add a judged lot to the judgements, in place of an earlier judgement of the same lot."""
    wrong: dict[tuple[int, int], tuple[list[str], str]] = {}
    for line in faulty.read_text(encoding="utf-8").splitlines():
        if not (found := FAULTY.fullmatch(line.strip())):
            raise SystemExit(f"{faulty}: not a verdict: {line!r}")
        parts = found[4].split(",")
        if unknown := set(parts) - set(VERDICTS):
            raise SystemExit(f"{faulty}: {line!r}: unknown {sorted(unknown)}")
        for place in range(int(found[2]), int(found[3] or found[2]) + 1):
            wrong[int(found[1]), place] = parts, found[5]
    lines = [json.loads(line) for line in pointers.read_text(encoding="utf-8").splitlines()]
    for pointer in lines:
        for place, link in enumerate(pointer["links"], 1):
            link.extend(wrong.pop((pointer["number"], place), ([], "")))
    if wrong:
        raise SystemExit(f"{faulty}: no such link: {sorted(wrong)}")
    lots = {pointer["lot"] for pointer in lines}
    kept = [p for p in judged(JUDGED) if p["lot"] not in lots] + lines
    JUDGED.write_text("".join(json.dumps(p) + "\n" for p in kept), encoding="utf-8")


def judged(path: Path = JUDGED) -> list[dict[str, Any]]:
    """Return the judged developments: each link is [listing, link, sign, faults, kind of error]."""
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def shares(lot: Sequence[Mapping[str, Any]]) -> dict[str, tuple[int, int]]:
    """Return (right, judged) for listings, signs and reasons, and whole developments.

    A sign or a reason is judged only of a right listing.
    """
    links = [link for pointer in lot for link in pointer["links"]]
    right = [link for link in links if "listing" not in link[3]]
    found = {"listing": (len(right), len(links))}
    for part in ("sign", "reason"):
        found[part] = sum(part not in link[3] for link in right), len(right)
    whole = sum(not any(link[3] for link in pointer["links"]) for pointer in lot)
    return found | {"development": (whole, len(lot))}


def tally() -> None:
    """Print the shares that are right of each lot and kind of link, and the kinds of error."""
    lots: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for pointer in judged():
        lots[pointer["lot"]].append(pointer)
    for lot, pointers in lots.items():
        print(f"lot {lot}")
        for part, (right, count) in shares(pointers).items():
            print(f"  {part}: {right} of {count} right ({right / max(count, 1):.3f})")
        for kind in ("party", "named", "exposed"):
            only = [p | {"links": [k for k in p["links"] if k[1] == kind]} for p in pointers]
            parts = (f"{part} {r}/{n}" for part, (r, n) in list(shares(only).items())[:3])
            print(f"  {kind}: {', '.join(parts)}")
        errors = Counter(link[4] for p in pointers for link in p["links"] if link[3])
        for error, count in errors.most_common():
            print(f"  {count:4} {error}")


def agreement(
    first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]]
) -> dict[str, tuple[int, float, float]]:
    """Return (links, share judged alike, Cohen's kappa) for listings and signs.

    Signs are compared where both readers hold the listing right.
    """
    marks = {(p["lot"], p["number"]): [link[3] for link in p["links"]] for p in first}
    pairs = [
        pair for p in second for pair in zip(marks[p["lot"], p["number"]], p["faults"], strict=True)
    ]
    found = {}
    for part in ("listing", "sign"):
        one, other = zip(*((part in a, part in b) for a, b in pairs), strict=True)
        alike = sum(a == b for a, b in zip(one, other, strict=True)) / len(one)
        found[part] = len(one), alike, float(cohen_kappa_score(one, other))
        pairs = [(a, b) for a, b in pairs if "listing" not in a and "listing" not in b]
    return found


def main() -> None:
    """Run one of load, draw, keep, tally and agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    loading = steps.add_parser("load")
    loading.add_argument("warehouse", type=Path)
    loading.add_argument("--items", type=int, default=ITEMS)
    loading.add_argument("--after", type=int, default=0, help="items that earlier lots held")
    loading.add_argument("--corpus", nargs="+", default=CORPORA)
    drawing = steps.add_parser("draw")
    drawing.add_argument("warehouse", type=Path, nargs="+")
    drawing.add_argument("--seed", type=int, required=True)
    drawing.add_argument("--count", type=int, default=100)
    drawing.add_argument("--pointers", type=Path, required=True)
    keeping = steps.add_parser("keep")
    keeping.add_argument("pointers", type=Path)
    keeping.add_argument("faulty", type=Path)
    steps.add_parser("tally")
    steps.add_parser("agree")
    args = parser.parse_args()
    if args.step == "load":
        load(args.warehouse, args.corpus, args.items, args.after)
    elif args.step == "draw":
        draw(args.warehouse, args.seed, args.count, args.pointers)
    elif args.step == "keep":
        keep(args.pointers, args.faulty)
    elif args.step == "agree":
        for part, (count, alike, kappa) in agreement(judged(), judged(SECOND)).items():
            print(f"{part}: {alike:.3f} of {count} links alike, kappa {kappa:.2f}")
    else:
        tally()


if __name__ == "__main__":
    main()
