-- One row per window: the same listings on days away from their events, as a check.
-- after: cumulative_returns, event_sessions
CREATE OR REPLACE MACRO event_placebo(
    type := NULL, status := NULL, actor := NULL, target := NULL, commodity := NULL,
    ticker := NULL, ticker_group := NULL, sign := NULL, link := NULL,
    since := NULL, until := NULL
) AS TABLE
WITH moved AS (
    SELECT -30 AS shift, * FROM store.cumulative_returns(
        type, status, actor, target, commodity, ticker, ticker_group, sign, link, since, until, -30
    )
    UNION ALL
    SELECT -60 AS shift, * FROM store.cumulative_returns(
        type, status, actor, target, commodity, ticker, ticker_group, sign, link, since, until, -60
    )
    UNION ALL
    SELECT 30 AS shift, * FROM store.cumulative_returns(
        type, status, actor, target, commodity, ticker, ticker_group, sign, link, since, until, 30
    )
),
quiet AS (
    SELECT moved.*
    FROM moved
    JOIN store.event_sessions AS own
        ON own.development_id = moved.development_id AND own.listing_id = moved.listing_id
    WHERE NOT EXISTS (
        SELECT 1 FROM store.event_sessions AS other
        WHERE other.listing_id = moved.listing_id
            AND other.event_no BETWEEN own.event_no + moved.shift - 5
                AND own.event_no + moved.shift + 5
    )
)
SELECT
    window_name,
    count(*) AS placebo_count,
    avg(car) AS mean_car,
    avg(car) / nullif(stddev_samp(car) / sqrt(count(*)), 0) AS t_cross,
    avg(CASE WHEN abs(car / nullif(se, 0)) > 1.96 THEN 1.0 ELSE 0.0 END) AS share_beyond_196
FROM quiet
GROUP BY window_name, first_tau, last_tau
ORDER BY last_tau - first_tau, first_tau DESC;

COMMENT ON MACRO TABLE event_placebo IS 'One row per window: cumulative abnormal returns of the same listings 30 and 60 sessions before and 30 after their events, on days without an event within five sessions. share_beyond_196 is near 0.05 when the tests are well calibrated.';
