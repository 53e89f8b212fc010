"""A look at how it all goes, apart from the passes, and an alarm when it does not go.

An alarm is told once when a trouble begins, and once when it is over. When the warehouse itself
cannot be had, that is the trouble, and it is told all the same.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from prefect import flow

from flows.alerting.channel_names import refuse_unknown_channels
from flows.alerting.channels import open_sinks
from flows.alerting.delivery import try_send
from flows.alerting.rounds import read_rules
from flows.alerting.secrets import Redactor, guard_logs
from flows.base.background import in_background
from flows.base.cadence import cadences_of, longest_gap
from flows.base.clock import Clock, utc_now
from flows.base.logs import ensure_logs
from flows.base.runtime import RUN_TIMEOUT_S, run_name
from flows.base.settings import Settings, settings_of
from models.alert import Notice, Severity
from models.errors import PipelineError, WarehouseBusyError
from models.identity import digest_id
from warehouse.connection import open_warehouse
from warehouse.lake import is_lake_target
from warehouse.operations.alarms import Alarm, QuietTerms, Trouble, keep_alarms, note_told, troubles

log = logging.getLogger("policywire.watch")
RULE = "policywire-watch"
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchResult:
    """What one look found: troubles there are, alarms told now, troubles that are over."""

    troubles: tuple[Trouble, ...] = ()
    told: int = 0
    over: int = 0
    nothing_to_watch: bool = False

    def __str__(self) -> str:
        if self.nothing_to_watch:
            return "there is no warehouse yet; the first pass makes it"
        if not self.troubles:
            return f"all is well; {self.over} problems are over" if self.over else "all is well"
        lines = "; ".join(trouble.detail for trouble in self.troubles)
        return f"{len(self.troubles)} problems found, {self.told} alarms sent: {lines}"


@flow(name="watch", flow_run_name=run_name, timeout_seconds=RUN_TIMEOUT_S)
def watch(
    config: str | None = None, warehouse: str | None = None, feeds: str | None = None
) -> WatchResult:
    """Look once, and tell the alarm channels what is newly wrong or over."""
    ensure_logs()
    return Watch(settings_of(config, warehouse, feeds)).look()


@dataclass(slots=True)
class Watch:
    """Looks at a warehouse; keeps in mind what it told while the warehouse could not be had."""

    settings: Settings
    clock: Clock = utc_now
    locked_out: Alarm | None = None

    def look(self) -> WatchResult:
        """One look. Raises PipelineError when the warehouse is not one."""
        now, settings = self.clock(), self.settings
        if not is_lake_target(settings.warehouse) and not settings.warehouse.exists():
            return WatchResult(nothing_to_watch=True)
        try:
            with open_warehouse(settings.warehouse, patience_s=PATIENCE_S) as con:
                found = troubles(con, at=now, longest=self.longest(), terms=self.terms())
                untold, over = keep_alarms(con, found, at=now)
        except WarehouseBusyError as error:
            return self.busy(error, now)
        if self.locked_out is not None:
            over.append(replace(self.locked_out, ended_at=now))
            self.locked_out = None
        sent = tell(settings, untold, over, now)
        with open_warehouse(settings.warehouse) as con:
            note_told(con, sent, at=self.clock())
        return WatchResult(troubles=tuple(found), told=len(untold), over=len(over))

    def busy(self, error: WarehouseBusyError, now: datetime) -> WatchResult:
        """The warehouse is held for longer than any load takes."""
        trouble = Trouble(kind="busy", subject="warehouse", detail=str(error))
        if self.locked_out is None:
            key = digest_id("alarm", trouble.kind, trouble.subject, now)
            self.locked_out = Alarm(alarm_id=key, trouble=trouble, began_at=now)
            tell(self.settings, [self.locked_out], [], now)
            return WatchResult(troubles=(trouble,), told=1)
        return WatchResult(troubles=(trouble,))

    def longest(self) -> dict[str, timedelta]:
        """How long each stage may go without a success."""
        schedule, times = self.settings.schedule, self.settings.watch.cadences
        gaps = cadences_of(schedule.news, schedule.market)
        return {stage: gap * times for stage, gap in gaps.items()}

    def terms(self) -> QuietTerms:
        """When a feed counts as quiet."""
        return QuietTerms(
            hours=self.settings.watch.quiet_hours, times=self.settings.watch.quiet_times
        )


def tell(
    settings: Settings, begun: Sequence[Alarm], over: Sequence[Alarm], now: datetime
) -> list[str]:
    """Send alarms to the alarm channels; ids of those that at least one channel took."""
    if not begun and not over:
        return []
    wanted = settings.watch.channel
    refuse_unknown_channels(settings)
    book = read_rules(settings.rule_paths, settings.alert_tables_in, settings.default_channel)
    channels = [c for c in book.channels if c.channel_id in wanted]
    redact = Redactor()
    undo = guard_logs(redact)
    sinks, problems = open_sinks(channels, redact, folder=settings.warehouse.parent)
    for problem in problems:
        log.error("%s", problem)
    taken = []
    try:
        for alarm in (*begun, *over):
            for sink in sinks:
                attempt = try_send(notice_of(alarm, sink.channel, now), sink, utc_now)
                if attempt.outcome != "sent":
                    log.error("channel %s: alarm not told: %s", sink.channel, attempt.error)
                    continue
                taken.append(alarm.alarm_id)
    finally:
        for sink in sinks:
            sink.close()
        undo()
    return list(dict.fromkeys(taken))


def notice_of(alarm: Alarm, channel: str, now: datetime) -> Notice:
    """An alarm as a notice; its end is a notice of its own."""
    key = digest_id("notice", alarm.alarm_id, channel)
    if alarm.ended_at is None:
        line = f"PolicyWire needs a look: {alarm.trouble.detail}"
        return note(key, channel, line, now, Severity.FLASH)
    line = f"PolicyWire is well again; it was: {alarm.trouble.detail}"
    return note(digest_id("over", key), channel, line, now, Severity.NOTICE)


def note(key: str, channel: str, line: str, now: datetime, severity: Severity) -> Notice:
    return Notice(
        alert_id=key,
        rule_id=RULE,
        channel=channel,
        severity=severity,
        headline=line,
        created_at=now,
    )


@contextmanager
def watching(settings: Settings) -> Iterator[None]:
    """Look once a cadence in a thread of its own, for as long as the block runs.

    The first look comes after as many cadences as an alarm takes: what went wrong while nobody
    served is not news to who starts it again.
    """
    every_s = longest_gap(settings.schedule.news).total_seconds()
    watch_ = Watch(settings)

    def look() -> None:
        try:
            watch_.look()
        except PipelineError as error:
            log.error("watch: %s", error)

    first_s = every_s * settings.watch.cadences
    with in_background(look, "policywire-watch", every_s=every_s, first_s=first_s):
        yield
