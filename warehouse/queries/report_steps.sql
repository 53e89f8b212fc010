-- One row per development of the report's measures, at most $most_steps of a measure, the newest.
SELECT
    step.*,
    notice.severity,
    coalesce(notice.rules, []) AS rules
FROM policy_events AS step
SEMI JOIN report_measures AS held ON held.measure_id = step.measure_id
LEFT JOIN report_severities AS notice ON notice.development_id = step.development_id
QUALIFY row_number() OVER (
    PARTITION BY step.measure_id ORDER BY step.first_reported_at DESC, step.development_id
) <= $most_steps
