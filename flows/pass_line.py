"""A pass in one line, for whoever watches `policywire serve`."""

from typing import TYPE_CHECKING

from flows.alerting import AlertResult
from flows.extract import ExtractResult
from flows.ingest import IngestResult
from flows.market import MarketResult

if TYPE_CHECKING:
    from flows.pipeline import PassResult


def pass_line(result: "PassResult") -> str:
    """What was read, what is new, what was told, how long it took; why a stage failed."""
    what = "+".join(stage for stage in result.seconds if stage != "snapshot")
    told = [part for stage in result.done.values() for part in counts(stage)]
    failed = [f"{stage} failed: {why}" for stage, why in result.failed.items()]
    return f"{what}: {', '.join((*failed, *told))}; {sum(result.seconds.values()):.1f} s"


def counts(done: object) -> tuple[str, ...]:
    """What one stage did."""
    match done:
        case IngestResult():
            asked = sum(done.outcomes.values())
            return (f"{asked} feeds asked", f"{done.new_articles} new articles")
        case ExtractResult():
            read, new = done.articles, done.new_developments
            return (f"{read} articles read", f"{new} new developments")
        case AlertResult():
            return (f"{done.delivered.sent} notices sent",)
        case MarketResult():
            return (f"{done.bars} new bars",)
    return ()
