"""One worker among several: its name, and the feeds it has to itself."""

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from uuid import uuid4

from flows.settings import Settings
from models.feed import Feed
from warehouse.connection import with_retries
from warehouse.leases import feed_resource, lease, release


def worker_name() -> str:
    """Who holds a lease: a name for this run."""
    return f"{socket.gethostname()}/{os.getpid()}/{uuid4().hex[:8]}"


@contextmanager
def leased_feeds(settings: Settings, feeds: Sequence[Feed]) -> Iterator[list[Feed]]:
    """Those of `feeds` that no other worker asks at the moment; given back at the end."""
    owner = worker_name()
    resources = [feed_resource(feed.feed_id) for feed in feeds]
    ask = partial(lease, resources=resources, owner=owner, lease_s=settings.extract.lease_s)
    ours = with_retries(settings.warehouse, ask)
    try:
        yield [feed for feed in feeds if feed_resource(feed.feed_id) in ours]
    finally:
        give_back = partial(release, resources=resources, owner=owner)
        with_retries(settings.warehouse, give_back)
