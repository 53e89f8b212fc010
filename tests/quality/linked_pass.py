"""Reads and links documents of a corpus as a pass does, in a warehouse that is thrown away."""

import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.load_corpus import COUNTRIES, archived, moment
from extractors.extract import EXTRACTOR_VERSION, Extractor
from flows.extract import unit_of
from flows.link import group_copies, link_mentions
from models.article import Article
from models.feed import Feed
from warehouse.articles.articles import articles_to_extract, save_feeds, save_ingest
from warehouse.connection import open_warehouse
from warehouse.events.events import save_extractions

REPORTS = Path(__file__).with_name("linked_reports.sql")
BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One part of a mention as it was linked. `at` is its sentence, `place` its article and field.

    `measure_key` is the key of its measure (ontology section 7); `article` is the article's id.
    """

    report_id: str
    place: tuple[str, str]
    at: tuple[int, int]
    sentence: str
    type: str
    status: str
    actors: tuple[str, ...]
    targets: tuple[str, ...]
    implementer: str
    development: str
    measure: str
    measure_key: str


def feed_of(corpus: str, document: Mapping[str, Any]) -> Feed:
    """The feed that a document would come from: one a publisher."""
    publisher = document.get("publisher") or urlsplit(document.get("url") or "").hostname or corpus
    country = COUNTRIES.get(corpus)
    return Feed(
        feed_id=re.sub(r"\W+", "-", publisher.lower()).strip("-"),
        name=publisher,
        url=f"archive:{publisher}",
        publisher=publisher,
        category="official" if country else "news",
        country=country,
        trust_tier=1 if country else 3,
    )


def article_of(corpus: str, document: Mapping[str, Any], published: str) -> Article:
    """A document as an article that we saw when it was published."""
    title, text = (document.get("title") or "").strip(), document.get("text") or ""
    feed_id, guid = feed_of(corpus, document).feed_id, f"{corpus}/{document['id']}"
    at = moment(published)
    assert at is not None, f"{guid}: {published!r} is no time"
    return archived(title, text, feed_id=feed_id, guid=guid, url=None, published=at)


def linked(
    articles: Sequence[Article], feeds: Iterable[Feed], extractor: Extractor
) -> list[Report]:
    """The reports of some articles: read, freed of copies and linked by the shipped code."""
    known = {feed.feed_id: feed for feed in feeds}
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Path(folder) / "linked.duckdb"
        with open_warehouse(warehouse) as con:
            save_feeds(con, list(known.values()))
            save_ingest(con, articles=articles)
            while waiting := articles_to_extract(con, EXTRACTOR_VERSION, BATCH):
                units = [unit_of(article, known) for article in waiting]
                save_extractions(con, list(extractor.extract(units)), datetime.now(UTC))
        group_copies(warehouse)
        link_mentions(warehouse)
        with open_warehouse(warehouse) as con:
            rows = con.execute(REPORTS.read_text(encoding="utf-8"))
            names = [column[0] for column in rows.description or ()]
            return [report_of(dict(zip(names, row, strict=True))) for row in rows.fetchall()]


def report_of(row: Mapping[str, Any]) -> Report:
    """A row of linked_reports.sql as a record."""
    return Report(
        report_id=row["report_id"],
        place=(row["article_id"], row["field"]),
        at=(row["sentence_start"], row["sentence_end"]),
        sentence=row["sentence"],
        type=row["type"],
        status=row["status"],
        actors=tuple(row["actors"] or ()),
        targets=tuple(row["targets"] or ()),
        implementer=row["implementer"],
        development=row["development_id"],
        measure=row["measure_id"],
        measure_key=row["measure_key"],
    )
