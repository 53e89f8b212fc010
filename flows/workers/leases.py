"""Leases: what a worker takes for itself, so that no two workers do the same work.

A worker that dies renews nothing; others take over its work after `[extract] lease_s`.
"""

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from uuid import uuid4

from flows.base.background import in_background
from flows.base.settings import Settings
from models.article import Article
from models.errors import WarehouseError
from models.feed import Feed
from warehouse.articles.articles import lease_articles
from warehouse.connection import with_retries
from warehouse.events.events import DevelopmentToJoin, lease_developments
from warehouse.lake import is_lake_target
from warehouse.operations.leases import (
    QUEUE_PARTS,
    feed_resource,
    lease,
    release,
    release_all,
    renew,
)


@contextmanager
def as_worker(settings: Settings) -> Iterator[str]:
    """Work under a name of its own, yielded here, whose leases are renewed until the block ends.

    If the block is cut short by an exception, its leases are given back.
    """
    owner = f"{socket.gethostname()}/{os.getpid()}/{uuid4().hex[:8]}"
    lease_s = settings.extract.lease_s

    def renew_leases() -> None:
        # A renewal that fails is tried again next time.
        with suppress(WarehouseError):
            with_retries(settings.warehouse, partial(renew, owner=owner, lease_s=lease_s))

    cut_short = True
    try:
        # Renewals end before the release, or one of them could collide with it.
        with in_background(renew_leases, "renew-leases", every_s=lease_s / 3, patience_s=None):
            yield owner
        cut_short = False
    finally:
        if cut_short:
            with suppress(WarehouseError):
                with_retries(settings.warehouse, partial(release_all, owner=owner))


@contextmanager
def leased_feeds(settings: Settings, feeds: Sequence[Feed]) -> Iterator[list[Feed]]:
    """Lease feeds until the block ends; yields those that no other worker is fetching."""
    resources = [feed_resource(feed.feed_id) for feed in feeds]
    with as_worker(settings) as owner:
        ask = partial(lease, resources=resources, owner=owner, lease_s=settings.extract.lease_s)
        ours = with_retries(settings.warehouse, ask)
        yield [feed for feed in feeds if feed_resource(feed.feed_id) in ours]
        with_retries(settings.warehouse, partial(release, resources=resources, owner=owner))


def leased_articles(
    settings: Settings, owner: str, extractor_version: str
) -> Iterator[list[Article]]:
    """Batches of articles to read, each leased to `owner`, until no free one is left."""
    take = partial(
        lease_articles,
        extractor_version=extractor_version,
        limit=settings.extract.batch_articles,
        owner=owner,
        lease_s=settings.extract.lease_s,
        parts=_parts(settings),
    )
    while batch := with_retries(settings.warehouse, take):
        yield batch


def leased_developments(settings: Settings, owner: str) -> Iterator[list[DevelopmentToJoin]]:
    """Batches of developments to join with listings, each leased to `owner`, until none is free."""
    take = partial(
        lease_developments,
        owner=owner,
        lease_s=settings.extract.lease_s,
        parts=_parts(settings),
    )
    while batch := with_retries(settings.warehouse, take):
        yield batch


def _parts(settings: Settings) -> int:
    """Into how many parts the waiting work is split: several on a lake, else one."""
    return QUEUE_PARTS if is_lake_target(settings.warehouse) else 1
