"""Give scheduled runs readable names; until a run starts, Prefect shows a random one."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import FlowRunSort

from flows.base.background import in_background
from flows.base.runtime import name_of_run
from flows.operations.orphaned_runs import in_states, our_deployments

log = logging.getLogger("policywire.serve")
# How many of the next runs get a name; the server schedules up to a hundred ahead.
AHEAD = 20


def name_runs(client: SyncPrefectClient, names: Sequence[str]) -> int:
    """Name the next runs of our deployments by stage and time; return how many were renamed."""
    ours = our_deployments(client, names)
    runs = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(state=in_states(StateType.SCHEDULED)),
        sort=FlowRunSort.EXPECTED_START_TIME_ASC,
        limit=AHEAD,
    )
    named = 0
    for run in runs:
        at = run.expected_start_time
        if run.deployment_id not in ours or at is None:
            continue
        name = name_of_run(run.parameters, ours[run.deployment_id], at)
        if run.name != name:
            client.update_flow_run(run.id, name=name)
            named += 1
    return named


@contextmanager
def naming(names: Sequence[str], *, every_s: float) -> Iterator[None]:
    """Name scheduled runs in a separate thread, while the block runs."""

    def name_them() -> None:
        try:
            with get_client(sync_client=True) as client:
                name_runs(client, names)
        except Exception as error:  # noqa: BLE001 - a name is never worth a run
            log.debug("runs are not named: %s", error)

    with in_background(name_them, "policywire-names", every_s=every_s, patience_s=2.0):
        yield
