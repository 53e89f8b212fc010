"""The log line of one pass, as `policywire serve` writes it."""

from collections.abc import Mapping
from typing import Protocol


class StageResult(Protocol):
    """The result of a stage, as far as the log line needs it."""

    def log_counts(self) -> tuple[str, ...]:
        """The most important counts, a few words each."""


def pass_line(
    done: Mapping[str, StageResult], failed: Mapping[str, str], seconds: Mapping[str, float]
) -> str:
    """One line with the stages, the reasons of failures, the counts and the total duration."""
    stages = "+".join(stage for stage in seconds if stage != "snapshot")
    counts = [part for stage in done.values() for part in stage.log_counts()]
    causes = [f"{stage} failed: {why}" for stage, why in failed.items()]
    return f"{stages}: {', '.join((*causes, *counts))}; {sum(seconds.values()):.1f} s"
