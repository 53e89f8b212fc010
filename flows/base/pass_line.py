"""A pass in one line, in the log of `policywire serve`."""

from collections.abc import Mapping
from typing import Protocol


class StageResult(Protocol):
    """What a stage did; every stage's result says it in short."""

    def log_counts(self) -> tuple[str, ...]:
        """The counts an operator looks for, a few words each."""


def pass_line(
    done: Mapping[str, StageResult], failed: Mapping[str, str], seconds: Mapping[str, float]
) -> str:
    """What was read, what is new, what was told, how long it took; why a stage failed."""
    what = "+".join(stage for stage in seconds if stage != "snapshot")
    told = [part for stage in done.values() for part in stage.log_counts()]
    causes = [f"{stage} failed: {why}" for stage, why in failed.items()]
    return f"{what}: {', '.join((*causes, *told))}; {sum(seconds.values()):.1f} s"
