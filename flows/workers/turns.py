"""How several workers share one warehouse: all read, one links, one indexes.

A single process on a DuckDB file passes through here without a wait. Workers on a lake read at the
same time, wait until everything is read, and take turns at what only one of them may do.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from flows.base.settings import Settings
from models.errors import WarehouseBusyError, WarehouseConflictError
from warehouse.connection import with_retries
from warehouse.lake import is_lake_target
from warehouse.operations.leases import LINKING, being_read, is_free, lease_stage, release

log = logging.getLogger("policywire.extract")
READ_ROUNDS = 5
LINK_TRIES = 5
POLL_S = 0.1


def read_with_others(
    settings: Settings,
    owner: str,
    read: Callable[[], Counter[str]],
    *,
    group_copies: Callable[[], object],
) -> Counter[str]:
    """Call `read` until no article is left, neither here nor at another worker; add up its counts.

    On a lake, one worker first groups copies while the others read. A lease can run out between two
    checks, so a round that met other workers, or articles, is followed by another one. The number
    of rounds is limited because news keeps coming.
    """
    on_lake = is_lake_target(settings.warehouse)
    if on_lake:
        unless_taken(settings, LINKING, owner, group_copies)
    counts = read()
    for _ in range(READ_ROUNDS):
        waited = wait_for_others(settings, owner)
        if not waited and not on_lake:
            break
        more = read()
        counts += more
        if not waited and not more["articles"]:
            break
    return counts


def wait_for_others(settings: Settings, owner: str) -> bool:
    """Wait until no other worker is reading; return False if there was nothing to wait for.

    An article whose worker died counts as read: its lease ends. Without this wait, the developments
    would depend on which worker was slow or was killed.
    """
    others = partial(being_read, owner=owner)
    awaited = with_retries(settings.warehouse, others)
    if not awaited:
        return False
    log.info("waiting for %d articles that another worker is reading", len(awaited))
    while awaited:
        time.sleep(POLL_S)
        awaited &= with_retries(settings.warehouse, others)
    return True


def link_in_turn(
    settings: Settings, owner: str, link: Callable[[], int], *, meanwhile: Callable[[], object]
) -> int:
    """Call `link` as the only worker that links, and return its result.

    If another worker is linking, call `meanwhile`, then wait for two lease times at most.
    Raises WarehouseBusyError if the other worker is still linking after that.
    """
    linked = _try_to_link(settings, owner, link)
    if linked is None:
        meanwhile()
        linked = _try_to_link(settings, owner, link, patience_s=2 * settings.extract.lease_s)
    if linked is None:
        raise WarehouseBusyError("another worker is linking; the next pass goes on")
    return linked


def _try_to_link(
    settings: Settings, owner: str, link: Callable[[], int], patience_s: float = 0.0
) -> int | None:
    """The result of `link`, or None without a turn; called again if another worker took over."""
    for left in reversed(range(LINK_TRIES)):
        try:
            with stage_turn(settings, LINKING, owner, patience_s) as ours:
                return link() if ours else None
        except WarehouseConflictError:
            if not left:
                raise
    raise AssertionError("the last try returns or raises")


def unless_taken(settings: Settings, stage: str, owner: str, work: Callable[[], object]) -> None:
    """Call `work` if no other worker is at `stage`; stop quietly if another one takes over."""
    with suppress(WarehouseConflictError), stage_turn(settings, stage, owner) as ours:
        if ours:
            work()


@contextmanager
def stage_turn(
    settings: Settings, stage: str, owner: str, patience_s: float = 0.0
) -> Iterator[bool]:
    """Lease a stage that one worker does at a time; yields False if `patience_s` was too short."""
    lease_s = settings.extract.lease_s
    given_up = time.monotonic() + patience_s
    ask = partial(lease_stage, stage=stage, owner=owner, lease_s=lease_s)
    while not with_retries(settings.warehouse, ask):
        while not with_retries(settings.warehouse, partial(is_free, stage=stage)):
            if time.monotonic() >= given_up:
                yield False
                return
            time.sleep(POLL_S)
    try:
        yield True
    finally:
        with_retries(settings.warehouse, partial(release, resources=[stage], owner=owner))
