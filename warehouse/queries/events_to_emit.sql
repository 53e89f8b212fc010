-- One row per development of the last day whose event was not sent to the scheduler yet and that
-- is not from a backfill; earliest first.
WITH first_kept AS (
    SELECT development_id, min(recorded_at) AS recorded_at
    FROM store.developments
    GROUP BY development_id
    HAVING min(recorded_at) > CAST($at AS TIMESTAMPTZ) - INTERVAL 1 DAY
)
SELECT
    step.development_id, step.measure_id, step.measure_key, step.type, step.status,
    step.polarity, step.novelty, step.novelty_score, step.actors, step.targets,
    step.commodities, step.tickers, step.rate_value, step.rate_unit,
    CAST(step.decision_date AS VARCHAR) AS decision_date,
    CAST(step.effective_on AS VARCHAR) AS effective_on, step.effective_precision,
    CAST(step.ends_on AS VARCHAR) AS ends_on, step.ends_precision,
    -- Deprecated, as in policy_events.
    step.effective_date, step.end_date,
    step.headline, step.evidence, step.first_url, step.first_seen_at
FROM policy_events AS step
JOIN first_kept ON first_kept.development_id = step.development_id
ANTI JOIN store.emitted_events AS gone ON gone.development_id = step.development_id
ANTI JOIN (FROM store.alert_considered WHERE alerts_off) AS quiet
    ON quiet.development_id = step.development_id
ORDER BY first_kept.recorded_at, step.first_seen_at, step.development_id
LIMIT 1000;
