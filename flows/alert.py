"""From developments to alerts: match new developments against the rules, deliver the notices."""

from prefect import flow

from flows.alerting.delivery import DeliveryPlan
from flows.alerting.rounds import AlertResult, run_alerts
from flows.base.logs import ensure_logs
from flows.base.runtime import RUN_TIMEOUT_S, run_name
from flows.base.settings import Settings, settings_of

# Long enough for two retries after a failed delivery, and short compared with the schedule.
FLOW_PLAN = DeliveryPlan(patience_s=120.0)


@flow(name="alert", flow_run_name=run_name, timeout_seconds=RUN_TIMEOUT_S)
def alert(
    config: str | None = None, warehouse: str | None = None, feeds: str | None = None
) -> AlertResult:
    """Raise alerts for new developments. Notices that fail stay in the outbox and are retried."""
    ensure_logs()
    return raise_alerts(settings_of(config, warehouse, feeds))


def raise_alerts(settings: Settings) -> AlertResult:
    """Run one pass over new developments and the outbox; safe to repeat and to run in parallel."""
    return run_alerts(
        settings.warehouse,
        settings.rule_paths,
        settings_file=settings.alert_tables_in,
        default_channel=settings.default_channel,
        plan=FLOW_PLAN,
    )
