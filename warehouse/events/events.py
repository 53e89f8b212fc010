"""Extracted mentions and names, stored once per extractor version; tickers of developments."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from duckdb import DuckDBPyConnection

from models.event import EventMention, Extraction, TextUnit
from models.security import TickerLink
from warehouse.connection import load_query, transaction
from warehouse.events.links import to_mention
from warehouse.operations import columns
from warehouse.operations.batches import batch, fields, registered
from warehouse.operations.leases import (
    article_resource,
    development_resource,
    release_held,
    take_free,
)

FEWEST_LEASED, JOINED_AT_ONCE = 100, 2000


def save_extractions(
    con: DuckDBPyConnection,
    extractions: Sequence[Extraction],
    extracted_at: datetime,
    owner: str | None = None,
) -> int:
    """Store extractions, all or none; return how many texts were new to this extractor.

    Safe to retry: a text that this extractor version has read before stays as it is.
    `unit_id` and `version` of an extraction are those of its article. With an `owner`, skips
    articles whose lease another worker took over, and releases the owner's leases.
    """
    once = {(e.unit_id, e.version, e.extractor_version): e for e in extractions}
    with transaction(con):
        if owner is not None:
            ours = release_held(con, [article_resource(e.unit_id) for e in once.values()], owner)
            once = {k: e for k, e in once.items() if article_resource(e.unit_id) in ours}
        rows = [extraction_row(e, extracted_at) for e in once.values()]
        with registered(con, extraction_batch=batch(rows, columns.EXTRACTIONS)):
            held = set(con.execute(load_query("held_extractions")).fetchall())
        fresh = [e for key, e in once.items() if key not in held]
        rows = [extraction_row(e, extracted_at) for e in fresh]
        events = [row for extraction in fresh for row in mention_rows(extraction, extracted_at)]
        entities = [entity_row(e) for extraction in fresh for e in entities_of(extraction)]
        with registered(
            con,
            extraction_batch=batch(rows, columns.EXTRACTIONS),
            mention_batch=batch(events, columns.EVENT_MENTIONS),
            entity_batch=batch(entities, columns.ENTITY_MENTIONS),
        ):
            if held:
                con.execute(load_query("note_rereads"))
            con.execute("INSERT INTO store.extractions BY NAME FROM extraction_batch")
            con.execute("INSERT INTO store.entity_mentions BY NAME FROM entity_batch")
            con.execute(load_query("insert_event_mentions"))
            con.execute(load_query("insert_unlinked"))
            con.execute(load_query("drop_read"))
            if any(e.reject is not None for e in fresh):
                con.execute(load_query("mark_refused"))
    return len(fresh)


def extraction_row(extraction: Extraction, extracted_at: datetime) -> dict[str, Any]:
    return {
        "article_id": extraction.unit_id,
        "version": extraction.version,
        "extractor_version": extraction.extractor_version,
        "extracted_at": extracted_at,
        "event_count": len(extraction.events),
        "entity_count": len(extraction.entities),
        "reject": extraction.reject,
    }


def entities_of(extraction: Extraction) -> list[dict[str, Any]]:
    return [
        asdict(entity)
        | {
            "article_id": extraction.unit_id,
            "article_version": extraction.version,
            "extractor_version": extraction.extractor_version,
        }
        for entity in extraction.entities
    ]


def entity_row(values: dict[str, Any]) -> dict[str, Any]:
    return values | {"start_char": values["start"], "end_char": values["end"]}


def mention_rows(extraction: Extraction, extracted_at: datetime) -> Iterator[dict[str, Any]]:
    """Yield what a text tells, then its asides, as rows."""
    for told, mentions in ((True, extraction.events), (False, extraction.asides)):
        for mention in mentions:
            yield mention_row(mention, extracted_at) | {"told": told}


def mention_row(mention: EventMention, extracted_at: datetime) -> dict[str, Any]:
    """Return a mention as a row: enumerations as labels, nested records as structs."""
    return fields(mention, columns.EVENT_MENTIONS) | {
        "start_char": mention.start,
        "end_char": mention.end,
        "rates": [asdict(rate) for rate in mention.rates],
        "amounts": [asdict(amount) for amount in mention.amounts],
        "dates": [asdict(day) for day in mention.dates],
        "missing": [{"argument": name, "reason": why} for name, why in mention.missing],
        "extracted_at": extracted_at,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class DevelopmentToJoin:
    """Input of ticker linking: a development, its leading mention, and the text around it."""

    development_id: str
    revision: int
    unit: TextUnit
    event: EventMention


def lease_developments(
    con: DuckDBPyConnection, owner: str, lease_s: float, parts: int = 1
) -> list[DevelopmentToJoin]:
    """Return `developments_to_join` without a lease, and lease them to the owner.

    At most 1/`parts` of the queue, but at least FEWEST_LEASED developments.
    """
    with transaction(con):
        con.execute("UPDATE store.lease_turns SET turn = turn + 1")
        chosen = developments_waiting(con, parts)
        resources = [development_resource(row["development_id"]) for row in chosen]
        take_free(con, resources, owner, lease_s, dead=any(row["dead"] for row in chosen))
    return load_to_join(con, chosen)


def developments_to_join(con: DuckDBPyConnection) -> list[DevelopmentToJoin]:
    """Return developments that need their tickers determined (again); article by article.

    The event has the values of the development, which may come from several reports.
    """
    return load_to_join(con, developments_waiting(con))


def developments_waiting(con: DuckDBPyConnection, parts: int = 1) -> list[dict[str, Any]]:
    """Return waiting developments as rows of TICKER_PASSES, plus `dead`: a dead worker's lease."""
    terms = {"limit": JOINED_AT_ONCE, "parts": parts, "fewest": FEWEST_LEASED}
    found = con.execute(load_query("developments_waiting"), terms).fetchall()
    return [dict(zip((*columns.TICKER_PASSES, "dead"), row, strict=True)) for row in found]


def load_to_join(
    con: DuckDBPyConnection, chosen: Sequence[Mapping[str, Any]]
) -> list[DevelopmentToJoin]:
    """Return the chosen developments with their leading mentions."""
    if not chosen:
        return []
    with registered(con, chosen_batch=batch(chosen, columns.TICKER_PASSES)):
        cursor = con.execute(load_query("developments_to_join"))
        names = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    units: dict[tuple[str, int], TextUnit] = {}
    found = []
    for row in rows:
        key = row["article_id"], row["article_version"]
        if key not in units:
            units[key] = TextUnit(
                unit_id=key[0],
                version=key[1],
                text=row["text"] or "",
                title=row["title"],
                published=row["seen_on"],
            )
        found.append(
            DevelopmentToJoin(
                development_id=row["development_id"],
                revision=row["revision"],
                unit=units[key],
                event=to_mention(row),
            )
        )
    return found


def save_event_tickers(
    con: DuckDBPyConnection,
    links: Sequence[tuple[str, int, Sequence[TickerLink]]],
    owner: str | None = None,
) -> None:
    """Store the tickers of developments: (development_id, revision, links), all or none.

    Replaces the earlier tickers of each. With an `owner`, skips developments whose lease another
    worker took over, and releases the owner's leases.
    """
    with transaction(con):
        if owner is not None:
            ours = release_held(con, [development_resource(d) for d, _, _ in links], owner)
            links = [item for item in links if development_resource(item[0]) in ours]
        rows = [
            fields(link, columns.EVENT_TICKERS)
            | {"development_id": development_id, "listing_id": link.listing}
            for development_id, _, tickers in links
            for link in tickers
        ]
        passes = [{"development_id": d, "revision": revision} for d, revision, _ in links]
        with registered(
            con,
            ticker_batch=batch(rows, columns.EVENT_TICKERS),
            pass_batch=batch(passes, columns.TICKER_PASSES),
        ):
            for statement in load_query("save_event_tickers").split(";"):
                if statement.strip():
                    con.execute(statement)
