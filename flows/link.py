"""From mentions to developments, and on to the listings they affect: all that follows reading.

What several workers on one warehouse agree on is in flows/workers: leases.py, turns.py.
"""

import logging
from collections.abc import Sequence
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
from flows.workers.leases import leased_developments
from flows.workers.turns import link_in_turn, unless_taken
from flows.workers.warm_up import ready_listings
from models.errors import PipelineError
from models.fault import fault_line
from models.security import TickerLink
from warehouse.articles.copies import (
    FINGERPRINTED_AT_ONCE,
    ArticleToFingerprint,
    StoredFingerprint,
    articles_to_fingerprint,
    fingerprints_near,
    save_fingerprints,
)
from warehouse.articles.inputs import loaded_digest
from warehouse.articles.rejects import StageReject, is_database_error, save_stage_rejects
from warehouse.articles.search import INDEXED_AT_ONCE, index_articles
from warehouse.connection import open_warehouse, with_retries
from warehouse.events.events import DevelopmentToJoin, save_event_tickers
from warehouse.events.links import (
    LINKED_AT_ONCE,
    articles_to_link,
    blocks_to_relink,
    load_link_input,
    load_mentions,
    save_links,
)
from warehouse.operations.leases import INDEXING

log = logging.getLogger("policywire.extract")
Fingerprints = dict[str, tuple[int, ...] | None]


def link_developments(settings: Settings, owner: str) -> int:
    """Link new mentions, find the listings they affect, make texts searchable.

    Return the number of new developments. Raises WarehouseBusyError when another worker keeps
    linking for longer than its lease.
    """
    new = link_in_turn(
        settings,
        owner,
        partial(group_and_link, settings.warehouse, owner),
        meanwhile=partial(index_texts, settings, owner),
    )
    join_tickers(settings, owner)
    index_texts(settings, owner)
    return new


def group_and_link(warehouse: Path, owner: str) -> int:
    """Group copies, then link mentions; return the number of new developments."""
    group_copies(warehouse, owner)
    return link_mentions(warehouse, owner)


def group_copies(warehouse: Path, owner: str | None = None) -> int:
    """Find new articles that repeat another's text, so that they confirm nothing; return how many.

    With `owner`, raises WarehouseConflictError if that worker no longer has the turn to link.
    """
    found = 0
    while True:
        with open_warehouse(warehouse) as con:
            waiting = articles_to_fingerprint(con)
            known = fingerprints_near(con, waiting)
        if not waiting:
            return found
        prints, faulty = fingerprints_of(waiting)
        copies, not_comparable = compare(prints, known)
        with open_warehouse(warehouse) as con:
            save_fingerprints(con, waiting, prints, copies, owner)
            save_stage_rejects(con, [*faulty, *not_comparable])
        found += len(copies)
        if len(waiting) < FINGERPRINTED_AT_ONCE:
            return found


def fingerprints_of(
    articles: Sequence[ArticleToFingerprint],
) -> tuple[Fingerprints, list[StageReject]]:
    """The fingerprint of each article by its id, None if it has none; and the faults met."""
    prints: Fingerprints = {}
    faulty: list[StageReject] = []
    for article in articles:
        key = article.article_id
        try:
            prints[key] = fingerprint(article.text)
        except Exception as error:  # noqa: BLE001 - one text must not stop the rest
            prints[key] = None
            faulty.append(not_compared(key, error))
    return prints, faulty


def compare(
    prints: Fingerprints, known: Sequence[StoredFingerprint]
) -> tuple[dict[str, str], list[StageReject]]:
    """Copies among some articles, as copy -> first source, and the articles that failed.

    The fingerprints of those that failed are set to None in `prints`.
    """
    held = [(p.article_id, p.group_id, p.fingerprint) for p in known]
    try:
        return first_sources(prints.items(), held), []
    except Exception as error:  # noqa: BLE001 - one text must not stop the rest
        log.warning("comparing articles for copies failed, now one by one: %s", fault_line(error))
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


def not_compared(key: str, error: Exception) -> StageReject:
    """Log and return the reject of an article that is left out of the search for copies."""
    reason = fault_line(error)
    log.warning("article %s is not compared with others: %s", key, reason)
    return StageReject(stage="copies", item_id=key, article_id=key, reason=reason)


def link_mentions(warehouse: Path, owner: str | None = None) -> int:
    """Link all waiting mentions to developments; return the number of new developments.

    With `owner`, raises WarehouseConflictError if that worker no longer has the turn to link.
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
    """What linking a batch gave: `new` developments, from so many `mentions`."""

    new: int
    mentions: int

    def __add__(self, other: "Linked") -> "Linked":
        return Linked(new=self.new + other.new, mentions=self.mentions + other.mentions)


def link_articles(con: Any, articles: Sequence[str], owner: str | None) -> Linked:
    """Link the mentions of some articles.

    If that fails, halve the batch until the article that fails is alone; leave that one out. The
    result depends on the mentions alone, so linking in parts gives the same as linking at once.
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
                # If linking fails without the article too, the article is not to blame.
                link_articles(con, [], owner)
            leave_out(con, articles[0], error)
            return Linked(new=0, mentions=0)
        half = len(articles) // 2
        first, second = articles[:half], articles[half:]
        return link_articles(con, first, owner) + link_articles(con, second, owner)
    return Linked(new=save_links(con, result, owner), mentions=len(waiting))


def leave_out(con: Any, article_id: str, error: Exception) -> None:
    """Record an article that cannot be linked among the rejects."""
    reason = fault_line(error)
    log.warning("article %s is left out of linking: %s", article_id, reason)
    reject = StageReject(stage="link", item_id=article_id, article_id=article_id, reason=reason)
    save_stage_rejects(con, [reject])


def join_tickers(settings: Settings, owner: str) -> int:
    """Find the listings that new and changed developments affect; return how many developments."""
    joined = 0
    affected: AffectedListings | None = None
    for waiting in leased_developments(settings, owner):
        if affected is None:
            affected = load_listings(settings)
        links: list[tuple[str, int, tuple[TickerLink, ...]]] = []
        faulty: list[StageReject] = []
        for item in waiting:
            found: tuple[TickerLink, ...] = ()
            try:
                found = affected.by_event(item.unit, item.event)
            except Exception as error:  # noqa: BLE001 - one development must not stop the rest
                faulty.append(without_tickers(item, error))
            links.append((item.development_id, item.revision, found))
        with_retries(settings.warehouse, partial(save_event_tickers, links=links, owner=owner))
        with_retries(settings.warehouse, partial(save_stage_rejects, rejects=faulty))
        joined += len(links)
    return joined


def load_listings(settings: Settings) -> AffectedListings:
    """The listings that this warehouse was last given."""
    with open_warehouse(settings.warehouse) as con:
        loaded = loaded_digest(con, SECURITIES)
    return ready_listings(settings.warehouse, loaded)


def without_tickers(item: DevelopmentToJoin, error: Exception) -> StageReject:
    """Log and return the reject of a development whose listings cannot be found."""
    reason = fault_line(error)
    log.warning("development %s has no tickers: %s", item.development_id, reason)
    return StageReject(
        stage="tickers",
        item_id=item.development_id,
        article_id=item.unit.unit_id,
        reason=reason,
    )


def index_texts(settings: Settings, owner: str) -> None:
    """Make the texts of new articles searchable, unless another worker does so now."""
    unless_taken(settings, INDEXING, owner, partial(index_new_articles, settings.warehouse, owner))


def index_new_articles(warehouse: Path, owner: str) -> None:
    """Add new articles to the search index; a failure is a reject and stops nothing else."""
    more = True
    while more:
        with open_warehouse(warehouse) as con:
            try:
                more = index_articles(con, indexer=owner) == INDEXED_AT_ONCE
            except PipelineError:
                raise
            except Exception as error:  # noqa: BLE001 - search can wait, the news cannot
                more = False
                log.warning("new texts cannot be searched yet: %s", fault_line(error))
                lost = StageReject(stage="index", item_id="batch", reason=fault_line(error))
                save_stage_rejects(con, [lost])
