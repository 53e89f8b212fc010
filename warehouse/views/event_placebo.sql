-- One row per window: the same listings on quiet days, as a check of the model and the tests.
-- after: cumulative_returns
CREATE OR REPLACE MACRO event_placebo(
    type := NULL, status := NULL, actor := NULL, target := NULL, commodity := NULL,
    ticker := NULL, ticker_group := NULL, sign := NULL, link := NULL,
    since := NULL, until := NULL
) AS TABLE
WITH quiet AS (
    SELECT *, avg(car) OVER (PARTITION BY window_name) AS mean_car
    FROM store.cumulative_returns(
        type, status, actor, target, commodity, ticker, ticker_group, sign, link, since, until, true
    )
),
by_day AS (
    SELECT window_name, event_date, sum(car - mean_car) AS off
    FROM quiet
    GROUP BY window_name, event_date
),
clustered AS (
    SELECT
        window_name, count(*) AS day_count,
        sqrt(sum(off ** 2) * count(*) / nullif(count(*) - 1, 0)) AS off
    FROM by_day
    GROUP BY window_name
)
SELECT
    quiet.window_name,
    count(*) AS placebo_count,
    any_value(clustered.day_count) AS day_count,
    avg(quiet.car) AS mean_car,
    avg(quiet.car) / nullif(stddev_samp(quiet.car) / sqrt(count(*)), 0) AS t_cross,
    avg(quiet.car) / nullif(any_value(clustered.off) / count(*), 0) AS t_day,
    avg(CASE WHEN abs(quiet.car / nullif(quiet.se, 0)) > 1.96 THEN 1.0 ELSE 0.0 END)
        AS share_beyond_196
FROM quiet
JOIN clustered ON clustered.window_name = quiet.window_name
GROUP BY quiet.window_name, quiet.first_tau, quiet.last_tau
ORDER BY quiet.last_tau - quiet.first_tau, quiet.first_tau DESC;

COMMENT ON MACRO TABLE event_placebo IS 'One row per window: cumulative abnormal returns of the chosen listings on quiet days: one session in three weeks, none within ten sessions of an event of the listing, so that no two windows of a listing share a day. t_cross takes them as independent, t_day the listings of one day as one cluster. share_beyond_196 is near 0.05 when the tests are well calibrated.';
