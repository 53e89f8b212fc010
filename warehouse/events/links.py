"""Reads the input of linking and stores its result: developments, measures, links of mentions."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields as record_fields
from datetime import datetime
from typing import Any

from duckdb import DuckDBPyConnection

from models.event import (
    Amount,
    EventDate,
    EventMention,
    EventStatus,
    EventType,
    Factuality,
    Polarity,
    Rate,
    SourceType,
    StatusTarget,
    TimeFrame,
)
from models.identity import digest_id
from models.link import LinkInput, LinkMention, LinkResult, Pin, StoredDevelopment
from warehouse.connection import load_query, transaction
from warehouse.operations import columns
from warehouse.operations.batches import batch, fields, registered
from warehouse.operations.columns import Columns
from warehouse.operations.leases import LINKING, check_turn

ENUMS = {
    "type": EventType,
    "status": EventStatus,
    "status_target": StatusTarget,
    "factuality": Factuality,
    "time_frame": TimeFrame,
    "polarity": Polarity,
    "source_type": SourceType,
}
NESTED = {"rates": Rate, "amounts": Amount, "dates": EventDate}
WantedKeys = Callable[[Sequence[LinkMention]], Mapping[tuple[str, str], datetime | None]]
LINKED_AT_ONCE = 20_000
LATER_FIELDS = (
    "change_reason",
    "correction_id",
    "hs_codes",
    "grade",
    "official_source",
    "official_article_id",
    "official_seen_at",
    "official_reported_at",
)
MENTION_FIELDS = [f.name for f in record_fields(EventMention)]


def mentions_to_link(con: DuckDBPyConnection, limit: int = LINKED_AT_ONCE) -> list[LinkMention]:
    """Return mentions not linked yet, earliest reports first; always all those of an article."""
    return load_mentions(con, articles_to_link(con, limit))


def articles_to_link(con: DuckDBPyConnection, limit: int | None = None) -> list[str]:
    """Return articles with unlinked mentions, until they hold `limit` mentions."""
    found = con.execute(load_query("articles_to_link"), {"limit": limit}).fetchall()
    return [article_id for (article_id,) in found]


def load_mentions(con: DuckDBPyConnection, article_ids: Sequence[str]) -> list[LinkMention]:
    """Return all mentions of some articles, in the form that linking needs."""
    with article_batch(con, article_ids):
        cursor = con.execute(load_query("link_mentions"))
        names = [column[0] for column in cursor.description or ()]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        linked: dict[str, dict[int, str]] = defaultdict(dict)
        for mention_id, part, development_id in con.execute(
            load_query("link_assignments")
        ).fetchall():
            linked[mention_id][part] = development_id
    return [
        LinkMention(
            mention=to_mention(row),
            first_seen_at=row["first_seen_at"],
            reported_at=row["reported_at"],
            publisher=row["publisher"],
            copy_group=row["copy_group"],
            speaks_for=row["speaks_for"],
            development_ids=linked.get(row["mention_id"], {}),
        )
        for row in found
    ]


@contextmanager
def article_batch(con: DuckDBPyConnection, article_ids: Sequence[str]) -> Iterator[None]:
    """Make the articles readable in SQL as `article_batch`."""
    rows = [{"article_id": key} for key in article_ids]
    with registered(con, article_batch=batch(rows, {"article_id": columns.TEXT})):
        yield


def to_mention(row: Mapping[str, Any]) -> EventMention:
    """Return a row of store.event_mentions as a record."""
    values: dict[str, Any] = {}
    for name in MENTION_FIELDS:
        value = row[{"start": "start_char", "end": "end_char"}.get(name, name)]
        if name in ENUMS:
            value = ENUMS[name](value)
        elif name in NESTED:
            value = tuple(NESTED[name](**item) for item in value or ())
        elif name == "missing":
            value = tuple((item["argument"], item["reason"]) for item in value or ())
        elif name == "hs_codes":
            value = tuple(value or ())  # NULL in what was read before there was the column
        elif isinstance(value, list):
            value = tuple(value)
        values[name] = value
    return EventMention(**values)


def load_link_input(
    con: DuckDBPyConnection,
    pending: Sequence[LinkMention],
    since: Mapping[str, datetime],
    wanted: WantedKeys | None = None,
) -> LinkInput:
    """Load everything that linking needs to update the blocks in `since` with `pending`.

    `wanted` returns, by block and index word, since when a measure must have been reported to be
    loaded (`extractors.linking.index`). Without it whole blocks are loaded, so the cost grows with
    the warehouse.

    Also loads the blocks that need relinking for other reasons (`blocks_to_relink`).
    """
    since = dict(since)
    for block, at in blocks_to_relink(con).items():
        since[block] = min(at, since.get(block, at))
    blocks = [{"block": block, "since": at} for block, at in since.items()]
    with registered(con, block_batch=batch(blocks, columns.BLOCKS)):
        articles = con.execute(load_query("open_articles")).fetchall()
        pins = con.execute(load_query("link_pins")).fetchall()
        pending_articles = {item.mention.article_id for item in pending}
        earlier = load_mentions(con, [key for (key,) in articles if key not in pending_articles])
        words = wanted([*pending, *earlier]) if wanted else {}
        rows = [
            {"block": block, "index_key": word, "heard_since": at}
            for (block, word), at in words.items()
        ]
        with registered(con, wanted_batch=batch(rows, columns.WANTED_KEYS)):
            query = "link_states_wanted" if wanted else "link_states"
            states = con.execute(load_query(query)).fetchall()
    settled: list[StoredDevelopment] = []
    unsettled: list[StoredDevelopment] = []
    for development_id, measure_id, block, last_reported_at, state, is_open in states:
        stored = StoredDevelopment(
            development_id=development_id,
            measure_id=measure_id,
            block=block,
            last_reported_at=last_reported_at,
            state=state,
        )
        (unsettled if is_open else settled).append(stored)
    return LinkInput(
        mentions=(*pending, *earlier),
        settled=tuple(settled),
        open=tuple(unsettled),
        since=since,
        pins=tuple(
            Pin(mention_id=mention, group=group, apart=apart, development_id=development)
            for mention, group, apart, development in pins
        ),
    )


def blocks_to_relink(con: DuckDBPyConnection) -> dict[str, datetime]:
    """Return blocks to relink for other reasons than new mentions, and from which time on.

    They have review decisions not applied yet, or mentions of a text that was read again.
    """
    return dict(con.execute(load_query("blocks_to_relink")).fetchall())


def save_links(con: DuckDBPyConnection, result: LinkResult, linker: str | None = None) -> int:
    """Store the result of linking, all or none; return how many developments are new.

    A development or measure with changed content gets a new revision; one that no longer exists
    gets a revision that retracts it. Stored revisions are never edited. Safe to retry. With a
    `linker` (the owner in `lease_stage`), raises WarehouseConflictError when another worker took
    over linking.
    """
    gone = [{"id": key, "superseded_by": by} for key, by in result.gone.items()]
    gone_measures = [{"id": key, "superseded_by": None} for key in sorted(result.gone_measures)]
    with (
        transaction(con),
        registered(
            con,
            development_batch=batch(
                [digested(d, columns.DEVELOPMENTS) for d in result.developments],
                columns.DEVELOPMENTS,
            ),
            measure_batch=batch(
                [digested(m, columns.MEASURES) for m in result.measures], columns.MEASURES
            ),
            measure_state_batch=batch(
                [fields(m, columns.MEASURE_STATES) for m in result.measures],
                columns.MEASURE_STATES,
            ),
            state_batch=batch(
                [fields(d, columns.DEVELOPMENT_STATES) for d in result.developments],
                columns.DEVELOPMENT_STATES,
            ),
            finding_batch=batch(
                [fields(f, columns.FINDINGS) for f in result.findings], columns.FINDINGS
            ),
            linked_block_batch=batch(
                [{"block": block} for block in result.blocks], {"block": columns.TEXT}
            ),
            link_batch=batch(
                [fields(m, columns.DEVELOPMENT_MENTIONS) for m in result.mentions],
                columns.DEVELOPMENT_MENTIONS,
            ),
            gone_batch=batch(gone, columns.GONE),
            gone_measure_batch=batch(gone_measures, columns.GONE),
        ),
    ):
        if linker is not None:
            check_turn(con, LINKING, linker)
        row = con.execute(load_query("count_new_developments")).fetchall()
        for name in (
            "insert_developments",
            "retract_developments",
            "insert_measures",
            "retract_measures",
            "save_development_states",
            "save_measure_states",
            "drop_measure_states",
            "drop_development_states",
            "drop_development_mentions",
            "insert_development_mentions",
            "drop_superseded_links",
            "drop_rereads",
            "drop_findings",
            "insert_findings",
            "mark_decisions_applied",
        ):
            con.execute(load_query(name))
        with article_batch(con, articles_to_link(con)):
            con.execute(load_query("drop_linked"))
    return int(row[0][0])


def digested(record: object, columns: Columns) -> dict[str, Any]:
    """Return a row with a digest of its content; a new digest makes a new revision."""
    row = fields(record, columns)
    # Rows that say nothing in a later column keep the digest they had before there was one.
    said = [v for k, v in row.items() if v or k not in LATER_FIELDS]
    return row | {"digest": digest_id(*said)}
