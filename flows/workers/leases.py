"""One worker among several: its name, what it has leased, and in how large parts it takes work."""

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from threading import Event, Thread
from uuid import uuid4

from flows.base.settings import Settings
from models.errors import WarehouseError
from models.feed import Feed
from warehouse.connection import with_retries
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
def at_work(settings: Settings) -> Iterator[str]:
    """Work under a name of its own: its leases are kept meanwhile, given back if it is cut short.

    A worker that dies renews nothing, so that others take over after `[extract] lease_s`.
    """
    owner = f"{socket.gethostname()}/{os.getpid()}/{uuid4().hex[:8]}"
    done = Event()
    beat = Thread(target=keep_leases, args=(settings, owner, done), daemon=True)
    beat.start()
    cut_short = True
    try:
        yield owner
        cut_short = False
    finally:
        # First no more renewals, or one of them may meet the release.
        done.set()
        beat.join()
        if cut_short:
            with suppress(WarehouseError):
                with_retries(settings.warehouse, partial(release_all, owner=owner))


def keep_leases(settings: Settings, owner: str, done: Event) -> None:
    """Renew a worker's leases until done; a renewal that fails is tried again at the next turn."""
    lease_s = settings.extract.lease_s
    while not done.wait(lease_s / 3):
        with suppress(WarehouseError):
            with_retries(settings.warehouse, partial(renew, owner=owner, lease_s=lease_s))


def shares(settings: Settings) -> int:
    """In how many parts work is taken: beside others on a lake; in one where nobody else can."""
    return QUEUE_PARTS if is_lake_target(settings.warehouse) else 1


@contextmanager
def leased_feeds(settings: Settings, feeds: Sequence[Feed]) -> Iterator[list[Feed]]:
    """Those of `feeds` that no other worker asks at the moment; given back at the end."""
    resources = [feed_resource(feed.feed_id) for feed in feeds]
    with at_work(settings) as owner:
        ask = partial(lease, resources=resources, owner=owner, lease_s=settings.extract.lease_s)
        ours = with_retries(settings.warehouse, ask)
        yield [feed for feed in feeds if feed_resource(feed.feed_id) in ours]
        with_retries(settings.warehouse, partial(release, resources=resources, owner=owner))
