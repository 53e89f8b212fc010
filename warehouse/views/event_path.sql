-- One row per sign and session from 10 before to 10 after day 0: mean cumulative return, band.
-- after: abnormal_returns
-- The band takes the events of one day as one cluster: listings move together.
CREATE OR REPLACE MACRO event_path(
    type := NULL, status := NULL, actor := NULL, target := NULL, commodity := NULL,
    ticker := NULL, ticker_group := NULL, sign := NULL, link := NULL,
    since := NULL, until := NULL, placebo := false
) AS TABLE
WITH daily AS (
    SELECT
        found.sign AS expected, found.event_date, found.tau,
        sum(found.ar) OVER (
            PARTITION BY found.development_id, found.listing_id ORDER BY found.tau
        ) AS car,
        count(*) OVER (PARTITION BY found.development_id, found.listing_id) AS session_count
    FROM store.abnormal_returns(
        type, status, actor, target, commodity, ticker, ticker_group, sign, link, since, until,
        placebo
    ) AS found
    WHERE found.tau BETWEEN -10 AND 10
),
measured AS (
    SELECT *, avg(car) OVER (PARTITION BY expected, tau) AS mean_car
    FROM daily
    WHERE session_count = 21
),
by_day AS (
    SELECT
        expected, tau, event_date, any_value(mean_car) AS mean_car,
        count(*) AS event_count, sum(car - mean_car) AS off
    FROM measured
    GROUP BY expected, tau, event_date
),
pooled AS (
    SELECT
        expected, tau, any_value(mean_car) AS mean_car,
        sum(event_count)::BIGINT AS event_count, count(*) AS day_count,
        sqrt(sum(off ** 2) * count(*) / nullif(count(*) - 1, 0)) / sum(event_count) AS se
    FROM by_day
    GROUP BY expected, tau
)
SELECT
    expected AS sign, tau, event_count, day_count, mean_car,
    mean_car - 1.96 * se AS low,
    mean_car + 1.96 * se AS high
FROM pooled
ORDER BY expected, tau;

COMMENT ON MACRO TABLE event_path IS 'One row per expected sign and session from 10 before to 10 after day 0: the mean cumulative abnormal return of the chosen events that have all 21 sessions, and its 95 percent band, by day. placebo := true takes the quiet days of event_placebo instead.';
