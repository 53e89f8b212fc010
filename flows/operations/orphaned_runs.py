"""Clean up runs that a stopped or crashed `policywire serve` left on the Prefect server.

Imports Prefect, so import it only once the server address is set.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Cancelled, Crashed


def drop_late_runs(names: list[str]) -> int:
    """Cancel runs that became due while `serve` was down, except the last of each deployment.

    One pass catches up with all open work; more would only queue up. Returns how many were
    cancelled.
    """
    late = FlowRunFilter(
        state=in_states(StateType.SCHEDULED),
        expected_start_time=FlowRunFilterExpectedStartTime(before_=datetime.now(UTC)),
    )
    dropped = 0
    with get_client(sync_client=True) as client:
        kept: set[UUID | None] = set()
        for run in runs_of(client, names, late):
            if run.deployment_id not in kept:
                kept.add(run.deployment_id)
                continue
            client.set_flow_run_state(
                run.id, Cancelled(message="late: a later run does its work"), force=True
            )
            dropped += 1
    return dropped


def end_orphans(names: list[str]) -> int:
    """Mark runs as crashed if their `serve` was killed; return how many.

    Otherwise they keep the only slot for a writer, and every new run is dropped. Call this only
    if no other `serve` is running. Runs of a work pool are left to their worker.
    """
    underway = FlowRunFilter(
        state=in_states(StateType.PENDING, StateType.RUNNING, StateType.CANCELLING)
    )
    ended = 0
    with get_client(sync_client=True) as client:
        for run in runs_of(client, names, underway):
            if run.work_pool_name is None:
                client.set_flow_run_state(
                    run.id, Crashed(message="its `policywire serve` ended before it"), force=True
                )
                ended += 1
    return ended


def in_states(*types: StateType) -> FlowRunFilterState:
    """Return a filter for runs in these states."""
    return FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types)))


def our_deployments(client: SyncPrefectClient, names: Sequence[str]) -> dict[UUID, str]:
    """Return the names of our deployments by their id on the server."""
    return {d.id: d.name for d in client.read_deployments() if d.name in names}


def runs_of(
    client: SyncPrefectClient, names: list[str], chosen: FlowRunFilter
) -> Iterable[FlowRun]:
    """Return the matching runs of our deployments, latest first."""
    ours = our_deployments(client, names)
    runs = client.read_flow_runs(flow_run_filter=chosen, sort=FlowRunSort.EXPECTED_START_TIME_DESC)
    return [run for run in runs if run.deployment_id in ours]
