-- One row per measure of the report: the $most that were last reported, and those that the pages of
-- coming dates and of new developments name.
WITH dated AS MATERIALIZED (
    SELECT measure_id, next_date, status_today, last_effective_on, last_ends_on, last_reported_at
    FROM measure_status
),
wanted AS (
    (SELECT measure_id FROM dated ORDER BY last_reported_at DESC, measure_id LIMIT $most)
    UNION
    (
        SELECT measure_id
        FROM dated
        WHERE next_date BETWEEN $today::DATE AND $today::DATE + $days_ahead::INTEGER
            OR (
                status_today = 'suspension_over'
                AND last_ends_on BETWEEN $today::DATE - $days_back::INTEGER AND $today::DATE
            )
        ORDER BY next_date, measure_id
        LIMIT $most_dates
    )
    UNION
    (
        SELECT measure_id
        FROM store.standing_developments
        ORDER BY first_seen_at DESC, development_id
        LIMIT $most_new
    )
)
SELECT status.*
FROM measure_status AS status
SEMI JOIN wanted ON wanted.measure_id = status.measure_id
