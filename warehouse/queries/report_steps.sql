-- One row per development of the report's measures: the newest of every measure first, then the
-- second newest, at most $most_steps of a measure and $most_steps_in_all.
WITH ranked AS (
    SELECT
        step.*,
        row_number() OVER (
            PARTITION BY step.measure_id
            ORDER BY step.first_reported_at DESC, step.development_id
        ) AS place
    FROM policy_events AS step
    SEMI JOIN report_measures AS held ON held.measure_id = step.measure_id
    QUALIFY place <= $most_steps
),
chosen AS (
    SELECT *
    FROM ranked
    ORDER BY place, first_reported_at DESC, development_id
    LIMIT $most_steps_in_all
)
SELECT
    chosen.* EXCLUDE (place),
    notice.severity,
    coalesce(notice.rules, []) AS rules
FROM chosen
LEFT JOIN report_severities AS notice ON notice.development_id = chosen.development_id
