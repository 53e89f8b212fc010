"""From mentions to developments, and on to the listings they touch: all that follows reading.

Of several workers on a lake one links at a time, and one makes texts searchable; what a development
touches is worked out by all of them, a part each.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from extractors.feeds.near_duplicates import fingerprint, first_sources
from extractors.linking.index import index_keys_wanted
from extractors.linking.link import blocks_of, link
from extractors.listings.affected import AffectedListings
from flows.base.settings import Settings
from flows.markets.securities import INPUT as SECURITIES
from flows.workers.leases import shares
from flows.workers.warm_up import ready_listings
from models.errors import PipelineError, WarehouseBusyError, WarehouseConflictError
from models.fault import fault_line
from models.security import TickerLink
from warehouse.articles.copies import (
    FINGERPRINTED_AT_ONCE,
    StoredFingerprint,
    articles_to_fingerprint,
    fingerprints_near,
    save_fingerprints,
)
from warehouse.articles.inputs import loaded_digest
from warehouse.articles.rejects import StageReject, is_database_error, save_stage_rejects
from warehouse.articles.search import INDEXED_AT_ONCE, index_articles
from warehouse.connection import open_warehouse, with_retries
from warehouse.events.events import lease_developments, save_event_tickers
from warehouse.events.links import (
    LINKED_AT_ONCE,
    articles_to_link,
    blocks_to_relink,
    load_link_input,
    load_mentions,
    save_links,
)
from warehouse.operations.leases import INDEXING, LINKING, is_free, lease_stage, release

log = logging.getLogger("policywire.extract")
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
            waiting = articles_to_fingerprint(con)
            known = fingerprints_near(con, waiting)
        if not waiting:
            return found
        prints: dict[str, tuple[int, ...] | None] = {}
        faulty: list[StageReject] = []
        for article in waiting:
            key = article.article_id
            try:
                prints[key] = fingerprint(article.text)
            except Exception as error:  # noqa: BLE001 - one text must not stop the rest
                prints[key] = None
                faulty.append(not_compared(key, error))
        copies, odd = compare(prints, known)
        faulty += odd
        with open_warehouse(warehouse) as con:
            save_fingerprints(con, waiting, prints, copies, owner)
            save_stage_rejects(con, faulty)
        found += len(copies)
        if len(waiting) < FINGERPRINTED_AT_ONCE:
            return found


def not_compared(key: str, error: Exception) -> StageReject:
    """An article left out of the search for copies, said in the log too."""
    reason = fault_line(error)
    log.warning("article %s is compared with no other: %s", key, reason)
    return StageReject(stage="copies", item_id=key, article_id=key, reason=reason)


def compare(
    prints: dict[str, tuple[int, ...] | None], known: Sequence[StoredFingerprint]
) -> tuple[dict[str, str], list[StageReject]]:
    """Copies among some articles, and those that cannot be compared: their print is dropped."""
    held = [(p.article_id, p.group_id, p.fingerprint) for p in known]
    try:
        return first_sources(prints.items(), held), []
    except Exception as error:  # noqa: BLE001 - one text must not stop the rest
        log.warning("copies are looked for one by one: %s", fault_line(error))
    copies: dict[str, str] = {}
    faulty: list[StageReject] = []
    for key, print_ in prints.items():
        if print_ is None:
            continue
        try:
            copies |= first_sources([(key, print_)], held)
        except Exception as error:  # noqa: BLE001 - one text must not stop the rest
            prints[key] = None
            faulty.append(not_compared(key, error))
        else:
            held.append((key, copies.get(key, key), print_))
    return copies, faulty


def link_mentions(warehouse: Path, owner: str | None = None) -> int:
    """Link all waiting mentions to developments; how many developments are new.

    As `owner`, the one worker that links; raises WarehouseConflictError when it is no more.
    """
    new = 0
    while True:
        with open_warehouse(warehouse) as con:
            articles = articles_to_link(con, LINKED_AT_ONCE)
            if not articles and not blocks_to_relink(con):
                return new
            linked = link_articles(con, articles, owner)
            new += linked.new
            if linked.mentions < LINKED_AT_ONCE:
                return new


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What a batch gave: developments that are new, mentions it was about."""

    new: int
    mentions: int

    def __add__(self, other: "Linked") -> "Linked":
        return Linked(new=self.new + other.new, mentions=self.mentions + other.mentions)


def link_articles(con: Any, articles: Sequence[str], owner: str | None) -> Linked:
    """Link some articles; one that cannot be is left out, found by halves, and the rest linked.

    The outcome depends on the reports alone, so that parts give what the whole would have given.
    """
    try:
        waiting = load_mentions(con, articles)
        given = load_link_input(con, waiting, blocks_of(waiting), index_keys_wanted)
        result = link(given)
    except PipelineError:
        raise
    except Exception as error:
        if is_database_error(error):
            raise
        if not articles:
            raise PipelineError(f"linking again what changed: {fault_line(error)}") from error
        if len(articles) == 1:
            if blocks_to_relink(con):
                # Where linking fails without the article too, the article is not to blame.
                link_articles(con, [], owner)
            (article_id,) = articles
            reason = fault_line(error)
            log.warning("article %s is left out of linking: %s", article_id, reason)
            save_stage_rejects(
                con,
                [
                    StageReject(
                        stage="link", item_id=article_id, article_id=article_id, reason=reason
                    )
                ],
            )
            return Linked(new=0, mentions=0)
        half = len(articles) // 2
        return link_articles(con, articles[:half], owner) + link_articles(
            con, articles[half:], owner
        )
    return Linked(new=save_links(con, result, owner), mentions=len(waiting))


def join_tickers(settings: Settings, owner: str) -> int:
    """Work out which listings new and changed developments touch; how many developments."""
    joined = 0
    choose = partial(
        lease_developments,
        owner=owner,
        lease_s=settings.extract.lease_s,
        parts=shares(settings),
    )
    affected: AffectedListings | None = None
    while waiting := with_retries(settings.warehouse, choose):
        if affected is None:
            with open_warehouse(settings.warehouse) as con:
                loaded = loaded_digest(con, SECURITIES)
            affected = ready_listings(settings.warehouse, loaded)
        links: list[tuple[str, int, tuple[TickerLink, ...]]] = []
        faulty: list[StageReject] = []
        for item in waiting:
            found: tuple[TickerLink, ...] = ()
            try:
                found = affected.by_event(item.unit, item.event)
            except Exception as error:  # noqa: BLE001 - one development must not stop the rest
                reason = fault_line(error)
                log.warning("development %s has no tickers: %s", item.development_id, reason)
                faulty.append(
                    StageReject(
                        stage="tickers",
                        item_id=item.development_id,
                        article_id=item.unit.unit_id,
                        reason=reason,
                    )
                )
            links.append((item.development_id, item.revision, found))
        with_retries(settings.warehouse, partial(save_event_tickers, links=links, owner=owner))
        with_retries(settings.warehouse, partial(save_stage_rejects, rejects=faulty))
        joined += len(links)
    return joined


def index_texts(settings: Settings, owner: str) -> None:
    """Make the texts of new articles searchable, unless another worker is at it."""
    with suppress(WarehouseConflictError), stage_turn(settings, INDEXING, owner) as ours:
        more = ours
        while more:
            with open_warehouse(settings.warehouse) as con:
                try:
                    more = index_articles(con, indexer=owner) == INDEXED_AT_ONCE
                except PipelineError:
                    raise
                except Exception as error:  # noqa: BLE001 - search can wait, the news cannot
                    more = False
                    log.warning("new texts cannot be searched yet: %s", fault_line(error))
                    lost = StageReject(stage="index", item_id="batch", reason=fault_line(error))
                    save_stage_rejects(con, [lost])
