-- One row per date of the report's measures from $days_back days ago to $days_ahead days ahead.
-- is_standing: the measure's last step says so; otherwise a later step followed. Of a period, day is
-- the first of a start and the last of an end.
WITH dated AS (
    SELECT
        measure_id, next_date AS day, next_precision AS precision, next_step AS what,
        last_development_id AS development_id, true AS is_standing
    FROM report_measures
    WHERE next_date IS NOT NULL
    UNION ALL
    SELECT
        measure_id, last_ends_on, last_ends_precision, 'suspension ran out',
        last_development_id, true
    FROM report_measures
    WHERE status_today = 'suspension_over' AND last_ends_on < $today::DATE
    UNION ALL
    SELECT
        measure_id, last_effective_on, last_effective_precision, 'took effect',
        last_development_id, true
    FROM report_measures
    WHERE status_today = 'in_force' AND last_effective_on <= $today::DATE
        AND last_status <> 'in_force'
    UNION ALL
    SELECT
        step.measure_id, step.effective_on, step.effective_precision, 'begins', step.development_id,
        step.development_id = held.last_development_id
    FROM report_steps AS step
    JOIN report_measures AS held ON held.measure_id = step.measure_id
    WHERE step.effective_on IS NOT NULL AND step.factuality NOT IN ('negated', 'question')
    UNION ALL
    SELECT
        step.measure_id, step.ends_on, step.ends_precision,
        if(
            step.status IN ('suspended', 'delayed') OR step.status_target = 'suspension',
            'returns', 'ends'
        ),
        step.development_id, step.development_id = held.last_development_id
    FROM report_steps AS step
    JOIN report_measures AS held ON held.measure_id = step.measure_id
    WHERE step.ends_on IS NOT NULL AND step.factuality NOT IN ('negated', 'question')
)
SELECT *
FROM dated
WHERE day BETWEEN $today::DATE - $days_back::INTEGER AND $today::DATE + $days_ahead::INTEGER
QUALIFY row_number() OVER (
    PARTITION BY measure_id, day ORDER BY is_standing DESC, length(what) DESC, development_id
) = 1
ORDER BY day, measure_id
LIMIT $most_dates
