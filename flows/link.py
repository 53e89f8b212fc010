"""From mentions to developments, and on to the listings they touch: all that follows reading.

Of several workers on a lake one links at a time, and one makes texts searchable; what a development
touches is worked out by all of them, a part each.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from extractors.link_index import index_keys_wanted
from extractors.linking import blocks_of, link
from extractors.near_duplicates import fingerprint, first_sources
from extractors.touched import TouchedListings
from flows.securities import INPUT as SECURITIES
from flows.settings import Settings
from flows.warm_up import ready_listings
from flows.worker import shares
from models.errors import WarehouseBusyError, WarehouseConflictError
from warehouse.connection import open_warehouse, with_retries
from warehouse.copies import PRINTED_AT_ONCE, articles_to_print, prints_near, save_prints
from warehouse.events import lease_developments, save_event_tickers
from warehouse.inputs import loaded_digest
from warehouse.leases import INDEXING, LINKING, is_free, lease_stage, release
from warehouse.links import (
    LINKED_AT_ONCE,
    blocks_to_relink,
    load_link_input,
    mentions_to_link,
    save_links,
)
from warehouse.search import INDEXED_AT_ONCE, index_articles

LINK_TRIES = 5
ASK_AGAIN_S = 0.1


def find_copies(settings: Settings, owner: str) -> None:
    """Find copies among new articles, before they are read, unless another worker is at it."""
    with suppress(WarehouseConflictError), stage_turn(settings, LINKING, owner) as ours:
        if ours:
            group_copies(settings.warehouse, owner)


def link_news(settings: Settings, owner: str) -> int:
    """Mentions to developments, developments to tickers; how many developments are new.

    Raises WarehouseBusyError when another worker links for longer than its lease.
    """
    new = link_in_turn(settings, owner)
    if new is None:
        # Another worker links: there are texts to make searchable meanwhile.
        index_texts(settings, owner)
        new = link_in_turn(settings, owner, patience_s=2 * settings.extract.lease_s)
    if new is None:
        raise WarehouseBusyError("another worker is linking; the next pass goes on")
    join_tickers(settings, owner)
    index_texts(settings, owner)
    return new


def link_in_turn(settings: Settings, owner: str, patience_s: float = 0.0) -> int | None:
    """Link as the one worker that does, or None; again when another took over meanwhile."""
    for left in reversed(range(LINK_TRIES)):
        try:
            with stage_turn(settings, LINKING, owner, patience_s) as ours:
                if not ours:
                    return None
                group_copies(settings.warehouse, owner)
                return link_mentions(settings.warehouse, owner)
        except WarehouseConflictError:
            if not left:
                raise
    raise AssertionError("the last try returns or raises")


@contextmanager
def stage_turn(
    settings: Settings, stage: str, owner: str, patience_s: float = 0.0
) -> Iterator[bool]:
    """A stage that one worker does at a time: is it our turn, once we have waited so long?"""
    lease_s = settings.extract.lease_s
    given_up = time.monotonic() + patience_s
    ask = partial(lease_stage, stage=stage, owner=owner, lease_s=lease_s)
    while not with_retries(settings.warehouse, ask):
        while not with_retries(settings.warehouse, partial(is_free, stage=stage)):
            if time.monotonic() >= given_up:
                yield False
                return
            time.sleep(ASK_AGAIN_S)
    try:
        yield True
    finally:
        with_retries(settings.warehouse, partial(release, resources=[stage], owner=owner))


def group_copies(warehouse: Path, owner: str | None = None) -> int:
    """Find which new articles repeat another's text, so that they confirm nothing; how many.

    As `owner`, the one worker that links; raises WarehouseConflictError when it is no more.
    """
    found = 0
    while True:
        with open_warehouse(warehouse) as con:
            waiting = articles_to_print(con)
            known = prints_near(con, waiting)
        if not waiting:
            return found
        prints = {article.article_id: fingerprint(article.text) for article in waiting}
        copies = first_sources(
            prints.items(), [(p.article_id, p.group_id, p.fingerprint) for p in known]
        )
        with open_warehouse(warehouse) as con:
            save_prints(con, waiting, prints, copies, owner)
        found += len(copies)
        if len(waiting) < PRINTED_AT_ONCE:
            return found


def link_mentions(warehouse: Path, owner: str | None = None) -> int:
    """Link all waiting mentions to developments; how many developments are new.

    As `owner`, the one worker that links; raises WarehouseConflictError when it is no more.
    """
    new = 0
    while True:
        with open_warehouse(warehouse) as con:
            waiting = mentions_to_link(con)
            if not waiting and not blocks_to_relink(con):
                return new
            given = load_link_input(con, waiting, blocks_of(waiting), index_keys_wanted)
            new += save_links(con, link(given), owner)
            if len(waiting) < LINKED_AT_ONCE:
                return new


def join_tickers(settings: Settings, owner: str) -> int:
    """Work out which listings new and changed developments touch; how many developments."""
    joined = 0
    choose = partial(
        lease_developments,
        owner=owner,
        lease_s=settings.extract.lease_s,
        shares=shares(settings),
    )
    touched: TouchedListings | None = None
    while waiting := with_retries(settings.warehouse, choose):
        if touched is None:
            with open_warehouse(settings.warehouse) as con:
                loaded = loaded_digest(con, SECURITIES)
            touched = ready_listings(settings.warehouse, loaded)
        links = [
            (item.development_id, item.revision, touched.by_event(item.unit, item.event))
            for item in waiting
        ]
        with_retries(settings.warehouse, partial(save_event_tickers, links=links, owner=owner))
        joined += len(links)
    return joined


def index_texts(settings: Settings, owner: str) -> None:
    """Make the texts of new articles searchable, unless another worker is at it."""
    with suppress(WarehouseConflictError), stage_turn(settings, INDEXING, owner) as ours:
        more = ours
        while more:
            with open_warehouse(settings.warehouse) as con:
                more = index_articles(con, indexer=owner) == INDEXED_AT_ONCE
