"""Loads a corpus of POLICYWIRE_SHARED into a warehouse, extracts it and links it.

    python -m bench.load_corpus whitehouse /tmp/wh.duckdb --since 2025-01-01 --until 2026-12-31

Prints the number of articles, mentions, developments and measures, and how long each step took.
first_seen_at of an article is its publication time.
"""

import argparse
import gzip
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from extractors.extract import EXTRACTOR_VERSION, Extractor
from extractors.linking.index import index_keys_wanted
from extractors.linking.link import blocks_of, link
from flows.extract import unit_of
from models.article import Article, article_id, text_digest
from models.feed import Feed
from warehouse.articles.articles import articles_to_extract, save_feeds, save_ingest
from warehouse.connection import open_warehouse
from warehouse.events.events import save_extractions
from warehouse.events.links import load_link_input, mentions_to_link, save_links

BATCH = 200
# Corpora of what a state itself publishes, with that state.
COUNTRIES = {"whitehouse": "US", "federal_register": "US"}


def shared() -> Path:
    """Return the folder of corpora. Exits with a line that says what to set when there is none."""
    path = Path(os.environ.get("POLICYWIRE_SHARED", "../shared"))
    if not (path / "corpora").is_dir():
        raise SystemExit(f"no corpora in {path}: set POLICYWIRE_SHARED")
    return path


def moment(text: str) -> datetime | None:
    """Return a time of the corpus, UTC: ISO 8601 or the form of Reuters 1987; None if missing."""
    for read in (datetime.fromisoformat, lambda t: datetime.strptime(t, "%d-%b-%Y %H:%M:%S.%f")):
        with suppress(ValueError):
            at = read(text)
            return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return None


def articles_of(corpus: str, since: str, until: str) -> Iterator[Article]:
    """Return the corpus as articles of one feed named after it, between two days."""
    path = shared() / "corpora" / f"{corpus}.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line)
            published = moment(item.get("published") or "")
            if published is None or not since <= published.date().isoformat() <= until:
                continue
            title, text, url = item.get("title") or "", item["text"], item.get("url")
            yield archived(title, text, feed_id=corpus, guid=url, url=url, published=published)


def archived(
    title: str, text: str, *, feed_id: str, guid: str | None, url: str | None, published: datetime
) -> Article:
    """Return a text of the corpus as an article that we saw when it was published."""
    digest = text_digest(title, text)
    return Article(
        article_id=article_id(guid=guid, canonical_url=url, feed_id=feed_id, text_digest=digest),
        version=1,
        feed_id=feed_id,
        guid=guid,
        url=url,
        canonical_url=url,
        title=title,
        text=text,
        text_digest=digest,
        entry_digest=digest,
        text_source="archive",
        language="en",
        published_at=published,
        updated_at=None,
        fetched_at=published,
        first_seen_at=published,
    )


def load(path: Path, corpus: str, since: str, until: str) -> int:
    """Store the articles of the corpus; return how many were new."""
    return store(path, feed_of(corpus), articles_of(corpus, since, until))


def feed_of(corpus: str, url: str | None = None) -> Feed:
    """Return the feed of the corpus's articles."""
    return Feed(
        feed_id=corpus,
        name=corpus,
        url=url or f"archive:{corpus}",
        publisher=corpus,
        category="official" if corpus in COUNTRIES else "news",
        country=COUNTRIES.get(corpus),
        trust_tier=1 if corpus in COUNTRIES else 3,
    )


def store(path: Path, feed: Feed, articles: Iterable[Article]) -> int:
    """Store articles of a feed; return how many were new."""
    new = 0
    source = iter(articles)
    with open_warehouse(path) as con:
        save_feeds(con, [feed])
        while batch := list(islice(source, 1000)):
            new += sum(count.new for count in save_ingest(con, articles=batch).values())
    return new


def extract(path: Path, corpus: str) -> int:
    """Extract all waiting articles; return the number of mentions."""
    extractor, feeds = Extractor(), {corpus: feed_of(corpus)}
    mentions = 0
    with open_warehouse(path) as con:
        while batch := articles_to_extract(con, EXTRACTOR_VERSION, BATCH):
            units = [unit_of(article, feeds) for article in batch]
            found = list(extractor.extract(units))
            save_extractions(con, found, datetime.now(UTC))
            mentions += sum(len(e.events) for e in found)
    return mentions


def link_all(path: Path, limit: int = 20_000) -> int:
    """Link all waiting mentions; return the number of developments."""
    new = 0
    with open_warehouse(path) as con:
        while pending := mentions_to_link(con, limit):
            new += save_links(
                con, link(load_link_input(con, pending, blocks_of(pending), index_keys_wanted))
            )
    return new


def main() -> None:
    """Load, extract, link, and print how long each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus")
    parser.add_argument("path", type=Path)
    parser.add_argument("--since", default="0000")
    parser.add_argument("--until", default="9999")
    args = parser.parse_args()
    steps: dict[str, Callable[[], int]] = {
        "articles": lambda: load(args.path, args.corpus, args.since, args.until),
        "mentions": lambda: extract(args.path, args.corpus),
        "developments": lambda: link_all(args.path),
    }
    for name, step in steps.items():
        start = time.perf_counter()
        count = step()
        print(f"{name}: {count} in {time.perf_counter() - start:.1f} s", flush=True)


if __name__ == "__main__":
    main()
