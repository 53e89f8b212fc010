-- One row per window and expected sign: the mean over the chosen developments and listings, tests.
-- after: cumulative_returns, event_sessions
-- Tests: t from the models' errors (MacKinlay 1997, eq. 20); t_cross across events; t_development
-- with one value per development; t_day with the events of one day as one cluster (listings move
-- together); z_bmp across standardised returns (Boehmer, Musumeci, Poulsen 1991); Corrado's rank
-- (1989); and sign.
CREATE OR REPLACE MACRO event_study(
    type := NULL, status := NULL, actor := NULL, target := NULL, commodity := NULL,
    ticker := NULL, ticker_group := NULL, sign := NULL, link := NULL,
    since := NULL, until := NULL, alone := false,
    together := false
) AS TABLE
WITH crowded AS (
    SELECT DISTINCT a.development_id, a.listing_id
    FROM store.event_sessions AS a
    JOIN store.event_sessions AS b
        ON b.listing_id = a.listing_id
        AND b.development_id <> a.development_id
        AND b.event_no BETWEEN a.event_no - 5 AND a.event_no + 5
),
cars AS (
    SELECT held.*, CASE WHEN together THEN 'all' ELSE held.sign END AS expected
    FROM store.cumulative_returns(
        type, status, actor, target, commodity, ticker, ticker_group, sign, link, since, until, false
    ) AS held
    WHERE NOT alone OR (held.development_id, held.listing_id) NOT IN (FROM crowded)
),
by_development AS (
    SELECT window_name, expected, development_id, avg(car) AS car
    FROM cars
    GROUP BY window_name, expected, development_id
),
across AS (
    SELECT window_name, expected, count(*) AS development_count,
        avg(car) / nullif(stddev_samp(car) / sqrt(count(*)), 0) AS t_development
    FROM by_development
    GROUP BY window_name, expected
),
ranked AS (
    SELECT
        daily.development_id, daily.listing_id, daily.tau,
        CASE WHEN together THEN 'all' ELSE daily.sign END AS expected,
        rank() OVER event_days + (count(*) OVER event_ties - 1) / 2.0 AS place,
        count(*) OVER (PARTITION BY daily.development_id, daily.listing_id) AS day_count
    FROM store.abnormal_returns(
        type, status, actor, target, commodity, ticker, ticker_group, sign, link, since, until, false
    ) AS daily
    WHERE (daily.tau BETWEEN -130 AND -11 OR daily.tau BETWEEN -5 AND 5)
        AND (NOT alone OR (daily.development_id, daily.listing_id) NOT IN (FROM crowded))
    WINDOW
        event_days AS (PARTITION BY daily.development_id, daily.listing_id ORDER BY daily.ar),
        event_ties AS (PARTITION BY daily.development_id, daily.listing_id, daily.ar)
),
rank_by_day AS (
    SELECT expected, tau, avg(place / (day_count + 1) - 0.5) AS mean_rank
    FROM ranked
    GROUP BY expected, tau
),
rank_spread AS (
    SELECT expected, sqrt(avg(mean_rank ** 2)) AS spread FROM rank_by_day GROUP BY expected
),
pooled AS (
    SELECT
        window_name, expected, first_tau, last_tau,
        count(*) AS event_count,
        count(DISTINCT listing_id) AS listing_count,
        avg(car) AS mean_car,
        median(car) AS median_car,
        avg(CASE WHEN car > 0 THEN 1.0 ELSE 0.0 END) AS share_positive,
        avg(car) / nullif(sqrt(sum(se ** 2)) / count(*), 0) AS t,
        avg(car) / nullif(stddev_samp(car) / sqrt(count(*)), 0) AS t_cross,
        avg(car / nullif(se, 0))
            / nullif(stddev_samp(car / nullif(se, 0)) / sqrt(count(se)), 0) AS z_bmp
    FROM cars
    GROUP BY window_name, expected, first_tau, last_tau
),
by_day AS (
    SELECT cars.window_name, cars.expected, sum(cars.car - pooled.mean_car) AS off
    FROM cars
    JOIN pooled ON pooled.window_name = cars.window_name AND pooled.expected = cars.expected
    GROUP BY cars.window_name, cars.expected, cars.event_date
),
clustered AS (
    SELECT
        window_name, expected, count(*) AS day_count,
        sqrt(sum(off ** 2) * count(*) / nullif(count(*) - 1, 0)) AS off
    FROM by_day
    GROUP BY window_name, expected
)
SELECT
    pooled.window_name,
    pooled.expected AS sign,
    pooled.event_count,
    across.development_count,
    clustered.day_count,
    pooled.listing_count,
    pooled.mean_car,
    pooled.median_car,
    pooled.share_positive,
    pooled.t,
    pooled.t_cross,
    across.t_development,
    pooled.mean_car / nullif(clustered.off / pooled.event_count, 0) AS t_day,
    pooled.z_bmp,
    (
        SELECT sum(day.mean_rank) / (any_value(spread.spread) * sqrt(count(*)))
        FROM rank_by_day AS day
        JOIN rank_spread AS spread ON spread.expected = day.expected
        WHERE day.expected = pooled.expected AND day.tau BETWEEN pooled.first_tau AND pooled.last_tau
    ) AS z_rank,
    (pooled.share_positive - 0.5) * sqrt(pooled.event_count) / 0.5 AS z_sign,
    pooled.mean_car - 1.96 * clustered.off / pooled.event_count AS low,
    pooled.mean_car + 1.96 * clustered.off / pooled.event_count AS high
FROM pooled
JOIN across ON across.window_name = pooled.window_name AND across.expected = pooled.expected
JOIN clustered ON clustered.window_name = pooled.window_name AND clustered.expected = pooled.expected
ORDER BY pooled.last_tau - pooled.first_tau, pooled.first_tau DESC, pooled.expected;

COMMENT ON MACRO TABLE event_study IS 'One row per window and expected sign: the mean cumulative abnormal return over the chosen developments and listings, with its tests: t (from the models'' errors), t_cross (across events), t_development (one value per development), t_day (the events of one day as one cluster), z_bmp (Boehmer, Musumeci and Poulsen), z_rank (Corrado), z_sign; low and high bound the mean at 95 percent, by day. sign is +, -, ? or unknown; together := true takes all signs as one. type, status and ticker accept several values, separated by commas; ticker is MIC:TICKER or a bare ticker; ticker_group is a sector; alone := true leaves out events that have another event on the same listing within five sessions.';
