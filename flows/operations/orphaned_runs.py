"""Runs on the Prefect server that a stop or a crash of `policywire serve` left behind.

Imports Prefect: import it where a server is reached, not before.
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
    """Cancel runs that fell due while nobody served, but for the last of each; how many.

    A pass does whatever is not yet done: after a stop one of them catches up, more would only
    pile up.
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
    """Say of runs whose `serve` was killed that they crashed; how many.

    Until then they hold the one place there is for a writer, and every new run is dropped. Call
    it only where no other `serve` is at work. Runs of a work pool have a worker to see to them.
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
    """A filter on states."""
    return FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types)))


def our_deployments(client: SyncPrefectClient, names: Sequence[str]) -> dict[UUID, str]:
    """The names of our deployments, by their id on the server."""
    return {d.id: d.name for d in client.read_deployments() if d.name in names}


def runs_of(
    client: SyncPrefectClient, names: list[str], chosen: FlowRunFilter
) -> Iterable[FlowRun]:
    """The chosen runs of our deployments, latest first."""
    ours = our_deployments(client, names)
    runs = client.read_flow_runs(flow_run_filter=chosen, sort=FlowRunSort.EXPECTED_START_TIME_DESC)
    return [run for run in runs if run.deployment_id in ours]
