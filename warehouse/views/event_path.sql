-- One row per session from 10 before to 10 after day 0: mean cumulative abnormal return, band.
-- after: abnormal_returns
CREATE OR REPLACE MACRO event_path(
    type := NULL, status := NULL, actor := NULL, target := NULL, commodity := NULL,
    ticker := NULL, ticker_group := NULL, sign := NULL, link := NULL,
    since := NULL, until := NULL
) AS TABLE
WITH daily AS (
    SELECT
        development_id, listing_id, tau,
        sum(ar) OVER (PARTITION BY development_id, listing_id ORDER BY tau) AS car,
        count(*) OVER (PARTITION BY development_id, listing_id) AS day_count
    FROM store.abnormal_returns(
        type, status, actor, target, commodity, ticker, ticker_group, sign, link, since, until, 0
    )
    WHERE tau BETWEEN -10 AND 10
)
SELECT
    tau,
    count(*) AS event_count,
    avg(car) AS mean_car,
    avg(car) - 1.96 * stddev_samp(car) / sqrt(count(*)) AS low,
    avg(car) + 1.96 * stddev_samp(car) / sqrt(count(*)) AS high
FROM daily
WHERE day_count = 21
GROUP BY tau
ORDER BY tau;

COMMENT ON MACRO TABLE event_path IS 'One row per session from 10 before to 10 after day 0: the mean cumulative abnormal return of the chosen events that have all 21 sessions, and its 95 percent band.';
