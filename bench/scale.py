"""Resamples a warehouse to a million articles, and measures how fast it answers.

    python -m bench.scale grow /tmp/wh.duckdb /tmp/big.duckdb --articles 1000000
    python -m bench.scale ask /tmp/big.duckdb      the queries of docs/SQL.md, seconds each
    python -m bench.scale report /tmp/big.duckdb   its report: seconds, bytes, memory
    python -m bench.scale load /tmp/big.duckdb     1,000 new articles, stored, read and linked
                                                   [--corpus reuters_1987] [--passes 4]

Each copy of an article, mention, development, measure and act has new ids and lies twenty days
before the previous copy, so the copies cover ten years. Blocks keep their names, so they grow as in
real use. Texts are cut to 500 characters. The load goes to a copy of the file; compare it with a
load into an empty warehouse (a path without a file).
"""

import argparse
import json
import re
import resource
import shutil
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from bench.extraction import units
from extractors.extract import Extractor
from extractors.linking.index import index_keys_wanted
from extractors.linking.link import blocks_of, link
from flows.extract import unit_of
from flows.reporting.site import ReportOptions, build_report
from models.article import Article, article_id, text_digest
from models.event import Extraction
from tests.warehouse.sql_examples import DOCUMENT, EXAMPLE
from warehouse.articles.articles import articles_to_extract, save_ingest
from warehouse.connection import connect, open_warehouse
from warehouse.events.events import save_extractions
from warehouse.events.links import load_link_input, mentions_to_link, save_links
from warehouse.operations import columns
from warehouse.operations.batches import batch, registered
from warehouse.snapshot import publish

STEP_DAYS = 20
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
IDS = {
    "articles": ["article_id", "guid", "canonical_url", "entry_digest"],
    "article_texts": ["article_id"],
    "extractions": ["article_id"],
    "unread": ["article_id"],
    "event_mentions": ["article_id", "mention_id"],
    "entity_mentions": ["article_id"],
    "developments": ["development_id", "measure_id", "lead_mention_id", "article_id", "stage_of"],
    "measures": ["measure_id"],
    "measure_states": ["measure_id", "last_development_id"],
    "development_mentions": ["mention_id", "development_id", "article_id"],
    "event_tickers": ["development_id"],
    "ticker_passes": ["development_id"],
}
MOMENTS = {
    "published_at",
    "first_seen_at",
    "fetched_at",
    "first_reported_at",
    "reported_at",
    "decision_date",
    "last_reported_at",
    "first_step_date",
    "decided_date",
    "start_date",
    "effective_on",
    "ends_on",
}
LINKED = (
    "measure_states",
    "event_mentions",
    "developments",
    "measures",
    "development_mentions",
    "event_tickers",
    "ticker_passes",
    "entity_mentions",
)


def grow(source: Path, target: Path, articles: int, developments: int) -> None:
    """Write `target`: `source` resampled to about that many articles and developments."""
    shutil.copy(source, target)
    with open_warehouse(target) as con:
        held = count(con, "store.articles")
        steps = count(con, "store.development_states")
        replicas, linked = articles // held, developments // steps
        for table, ids in IDS.items():
            times = min(linked, replicas) if table in LINKED else replicas
            copy_table(con, table, ids, times)
        copy_states(con, min(linked, replicas))
        con.execute("CHECKPOINT")
        print(
            count(con, "store.articles"),
            "articles",
            count(con, "store.development_states"),
            "developments",
            target.stat().st_size >> 20,
            "MiB",
        )


def copy_table(con: DuckDBPyConnection, table: str, ids: list[str], times: int) -> None:
    """Add copies 1 to `times` - 1 of a table's rows."""
    names = [row[0] for row in con.execute(f"DESCRIBE store.{table}").fetchall()]
    shown = []
    for name in names:
        if name in ids:
            shown.append(f"md5({name} || '/' || copy.n) AS {name}")
        elif name in MOMENTS:
            shown.append(
                f"CAST({name} - INTERVAL ({STEP_DAYS}) DAY * copy.n AS {kind(con, table, name)})"
            )
        elif name == "text":
            shown.append("left(text, 500) AS text")
        elif name == "measure_key":
            shown.append("measure_key || '/' || copy.n AS measure_key")
        else:
            shown.append(f'"{name}"')
    con.execute(
        f"INSERT INTO store.{table} SELECT {', '.join(shown)} "
        f"FROM (SELECT * FROM store.{table}) "
        f"CROSS JOIN (SELECT unnest(range(1, {times})) AS n) AS copy"
    )


def kind(con: DuckDBPyConnection, table: str, name: str) -> str:
    """Return the type of a column."""
    row = con.execute(
        "SELECT data_type FROM duckdb_columns() WHERE schema_name = 'store' AND table_name = ? "
        "AND column_name = ?",
        [table, name],
    ).fetchone()
    assert row is not None, "the column was just described"
    return str(row[0])


def copy_states(con: DuckDBPyConnection, times: int) -> None:
    """Add copies of the linking states, with ids and days moved like the rest."""
    names = [row[0] for row in con.execute("DESCRIBE store.development_states").fetchall()]
    rows = [
        dict(zip(names, row, strict=True))
        for row in con.execute("SELECT * FROM store.development_states").fetchall()
    ]
    import hashlib

    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    for n in range(1, times):
        moved = []
        back = timedelta(days=STEP_DAYS * n)
        for row in rows:
            state = json.loads(row["state"])
            state["label"], state["measure"] = (
                md5(f"{state['label']}/{n}"),
                md5(f"{state['measure']}/{n}"),
            )
            state["last_article"] = md5(f"{state['last_article']}/{n}")
            state["stage_of"] = None
            state["specific"] = [f"{act}/{n}" for act in state["specific"]]
            for name in ("low", "high", "first_seen", "first_reported", "last_reported"):
                if state[name]:
                    day = date.fromisoformat(state[name][:10]) - back
                    state[name] = day.isoformat() + state[name][10:]
            state["order"][0] = state["first_reported"]
            moved.append(
                {
                    **row,
                    "development_id": state["label"],
                    "measure_id": state["measure"],
                    "last_reported_at": row["last_reported_at"] - back,
                    "index_keys": [
                        f"{word}/{n}" if word.startswith(("act:", "key:")) else word
                        for word in row["index_keys"]
                    ],
                    "state": json.dumps(state),
                }
            )
        with registered(con, state_batch=batch(moved, columns.DEVELOPMENT_STATES)):
            con.execute("INSERT INTO store.development_states BY NAME FROM state_batch")


def count(con: DuckDBPyConnection, table: str) -> int:
    """Return the number of rows of a table."""
    row = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None, "a count is one row"
    return int(row[0])


def ask(path: Path) -> None:
    """Time every query of docs/SQL.md, the second of two runs."""
    with connect(path, read_only=True) as con:
        for number, found in enumerate(EXAMPLE.finditer(DOCUMENT.read_text("utf-8")), 1):
            for _ in range(2):
                start = time.perf_counter()
                rows = len(con.execute(found["sql"]).fetchall())
                took = time.perf_counter() - start
            print(f"{number:3} {took:7.3f} s {rows:7} rows")


def report(path: Path) -> None:
    """Write the report of a warehouse beside it; print time, size and memory of this process."""
    snapshot = path.with_suffix(".snapshot.duckdb")
    publish(path, snapshot)
    built = build_report(snapshot, path.with_suffix(".report"), ReportOptions(feeds=True))
    spent = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s, peak_mib = spent.ru_utime + spent.ru_stime, spent.ru_maxrss >> 10
    print(f"{built}, {built.seconds:.1f} s; {cpu_s:.1f} s of CPU, {peak_mib} MiB")


def fresh_articles(corpus: str, count: int) -> list[Article]:
    """Return articles of a corpus, spread over all of it, with new ids, published now."""
    now = datetime.now(UTC)
    found = []
    for unit in units(corpus, count):
        url = f"https://example.org/{now.timestamp()}/{unit.unit_id}"
        text = f"{unit.text}\n{now} {unit.unit_id}"
        digest = text_digest(unit.title or "", text)
        found.append(
            Article(
                article_id=article_id(
                    guid=url, canonical_url=url, feed_id="bench", text_digest=digest
                ),
                version=1,
                feed_id="bench",
                guid=url,
                url=url,
                canonical_url=url,
                title=unit.title or "",
                text=text,
                text_digest=digest,
                entry_digest=digest,
                text_source="feed",
                language="en",
                published_at=now,
                updated_at=None,
                fetched_at=now,
                first_seen_at=now,
            )
        )
    return found


def load(path: Path, corpus: str, passes: int) -> None:
    """Time incremental loads of 1,000 articles on a copy of `path`: stored, read and linked."""
    scratch = path.with_suffix(".load")
    scratch.unlink(missing_ok=True)
    if path.exists():
        shutil.copy(path, scratch)
    extractor = Extractor()
    read(extractor, fresh_articles(corpus, 50))
    for number in range(passes):
        articles = fresh_articles(corpus, 1000)
        took: dict[str, float] = {}
        with open_warehouse(scratch) as con:

            def timed(name: str, step: Callable[[], Any], took: dict[str, float] = took) -> Any:
                start = time.perf_counter()
                result = step()
                took[name] = time.perf_counter() - start
                return result

            timed("store", partial(save_ingest, con, articles=articles))
            waiting = timed("choose", partial(articles_to_extract, con, extractor.version, 1000))
            found = timed("read", partial(read, extractor, waiting))
            timed("keep", partial(save_extractions, con, found, datetime.now(UTC)))
            timed("link", partial(link_once, con))
        steps = " ".join(f"{name} {seconds:.3f}" for name, seconds in took.items())
        events, total = sum(len(e.events) for e in found), sum(took.values())
        print(
            f"load {number}: {total:.3f} s, without reading {total - took['read']:.3f} s "
            f"({steps}; {len(waiting)} articles, {events} mentions)",
            flush=True,
        )
    scratch.unlink()


def read(extractor: Extractor, articles: list[Article]) -> list[Extraction]:
    """Return what the extractor finds in articles."""
    return list(extractor.extract(unit_of(article, {}) for article in articles))


def link_once(con: DuckDBPyConnection) -> None:
    """Run one pass of linking and time its parts."""
    start = time.perf_counter()
    pending = mentions_to_link(con)
    read = time.perf_counter()
    given = load_link_input(con, pending, blocks_of(pending), index_keys_wanted)
    loaded = time.perf_counter()
    result = link(given)
    linked = time.perf_counter()
    save_links(con, result)
    print(
        f"    pending {read - start:.2f}, states {loaded - read:.2f} ({len(given.settled)}), "
        f"link {linked - loaded:.2f}, save {time.perf_counter() - linked:.2f} s"
    )


def main() -> None:
    """Grow, ask, report or load."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["grow", "ask", "report", "load"])
    parser.add_argument("path", type=Path)
    parser.add_argument("target", type=Path, nargs="?")
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--developments", type=int, default=200_000)
    parser.add_argument("--corpus", default="reuters_1987", help="of the new articles")
    parser.add_argument("--passes", type=int, default=4)
    args = parser.parse_args()
    if args.what == "grow":
        grow(args.path, args.target, args.articles, args.developments)
    elif args.what == "ask":
        ask(args.path)
    elif args.what == "report":
        report(args.path)
    else:
        load(args.path, args.corpus, args.passes)


if __name__ == "__main__":
    main()
