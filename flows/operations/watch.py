"""Check passes, feeds and channels, independently of the passes, and send alarms.

An alarm is sent once when a problem starts and once when it is over. If the warehouse cannot be
opened, that is a problem too, and the alarm is sent without it.
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
from flows.base.counts import counted
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
    """The result of one check: open problems, alarms sent now, problems that are over."""

    troubles: tuple[Trouble, ...] = ()
    alarms_sent: int = 0
    solved: int = 0
    nothing_to_watch: bool = False

    def __str__(self) -> str:
        if self.nothing_to_watch:
            return "no warehouse yet; the first pass creates it"
        if not self.troubles:
            return (
                f"no problems; {counted(self.solved, 'problem')} solved"
                if self.solved
                else "no problems"
            )
        lines = "; ".join(trouble.detail for trouble in self.troubles)
        found = counted(len(self.troubles), "problem")
        return f"{found} found, {counted(self.alarms_sent, 'alarm')} sent: {lines}"


@flow(name="watch", flow_run_name=run_name, timeout_seconds=RUN_TIMEOUT_S)
def watch(
    config: str | None = None, warehouse: str | None = None, feeds: str | None = None
) -> WatchResult:
    """Check once, and send alarms for problems that are new or over."""
    ensure_logs()
    return Watch(settings_of(config, warehouse, feeds)).look()


@dataclass(slots=True)
class Watch:
    """Checks a warehouse; remembers the alarm it sent while the warehouse could not be opened."""

    settings: Settings
    clock: Clock = utc_now
    locked_out: Alarm | None = None

    def look(self) -> WatchResult:
        """Check once. Raises PipelineError when the file is not a warehouse."""
        now, settings = self.clock(), self.settings
        if not is_lake_target(settings.warehouse) and not settings.warehouse.exists():
            return WatchResult(nothing_to_watch=True)
        try:
            with open_warehouse(settings.warehouse, patience_s=PATIENCE_S) as con:
                found = troubles(con, at=now, longest=self.longest(), terms=self.terms())
                unsent, over = keep_alarms(con, found, at=now)
        except WarehouseBusyError as error:
            return self.busy(error, now)
        if self.locked_out is not None:
            over.append(replace(self.locked_out, ended_at=now))
            self.locked_out = None
        sent = send_alarms(settings, unsent, over, now)
        with open_warehouse(settings.warehouse) as con:
            note_told(con, sent, at=self.clock())
        return WatchResult(troubles=tuple(found), alarms_sent=len(unsent), solved=len(over))

    def busy(self, error: WarehouseBusyError, now: datetime) -> WatchResult:
        """Handle a warehouse that stayed locked for longer than any load takes."""
        trouble = Trouble(kind="busy", subject="warehouse", detail=str(error))
        if self.locked_out is None:
            key = digest_id("alarm", trouble.kind, trouble.subject, now)
            self.locked_out = Alarm(alarm_id=key, trouble=trouble, began_at=now)
            send_alarms(self.settings, [self.locked_out], [], now)
            return WatchResult(troubles=(trouble,), alarms_sent=1)
        return WatchResult(troubles=(trouble,))

    def longest(self) -> dict[str, timedelta]:
        """Return how long each stage may go without a success."""
        schedule, times = self.settings.schedule, self.settings.watch.cadences
        gaps = cadences_of(schedule.news, schedule.market)
        return {stage: gap * times for stage, gap in gaps.items()}

    def terms(self) -> QuietTerms:
        """Return when a feed counts as quiet."""
        return QuietTerms(
            hours=self.settings.watch.quiet_hours, times=self.settings.watch.quiet_times
        )


def send_alarms(
    settings: Settings, begun: Sequence[Alarm], over: Sequence[Alarm], now: datetime
) -> list[str]:
    """Send alarms to the alarm channels; return ids of those that at least one channel took."""
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
                    log.error("channel %s: alarm not sent: %s", sink.channel, attempt.error)
                    continue
                taken.append(alarm.alarm_id)
    finally:
        for sink in sinks:
            sink.close()
        undo()
    return list(dict.fromkeys(taken))


def notice_of(alarm: Alarm, channel: str, now: datetime) -> Notice:
    """Return an alarm as a notice; its end is a separate notice."""
    key = digest_id("notice", alarm.alarm_id, channel)
    if alarm.ended_at is None:
        line = f"PolicyWire has a problem: {alarm.trouble.detail}"
        return note(key, channel, line, now, Severity.FLASH)
    line = f"PolicyWire problem solved: {alarm.trouble.detail}"
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
    """Check once per cadence in a separate thread, while the block runs.

    The first check waits as many cadences as an alarm needs: the operator who starts `serve` again
    knows that it was down.
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
