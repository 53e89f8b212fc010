-- One row per chosen development, listing and window: cumulative abnormal return, standard error.
-- after: abnormal_returns
-- The standard error includes the estimation error of the model (MacKinlay 1997, eq. 8 and 11).
CREATE OR REPLACE MACRO store.cumulative_returns(
    p_type, p_status, p_actor, p_target, p_commodity, p_listing, p_group, p_sign, p_link,
    p_since, p_until, p_placebo
) AS TABLE
WITH daily AS (
    FROM store.abnormal_returns(
        p_type, p_status, p_actor, p_target, p_commodity, p_listing, p_group, p_sign, p_link,
        p_since, p_until, p_placebo
    )
),
summed AS (
    SELECT
        daily.development_id, daily.listing_id, daily.sign, daily.event_date, daily.first_seen_at,
        span.name AS window_name, span.first_tau, span.last_tau,
        any_value(daily.alpha) AS alpha,
        any_value(daily.beta) AS beta,
        any_value(daily.sigma) AS sigma,
        any_value(daily.session_count) AS session_count,
        any_value(daily.bench_mean) AS bench_mean,
        any_value(daily.sxx) AS sxx,
        sum(daily.ar) AS car,
        sum(daily.bench) AS bench_sum,
        count(*) AS day_count
    FROM daily
    JOIN (
        VALUES ('[-1,+1]', -1, 1), ('[0,+1]', 0, 1), ('[0,+5]', 0, 5), ('[-5,+5]', -5, 5)
    ) AS span(name, first_tau, last_tau)
        ON daily.tau BETWEEN span.first_tau AND span.last_tau
    GROUP BY ALL
)
SELECT
    summed.* EXCLUDE (bench_sum, day_count, bench_mean, sxx),
    sqrt(
        sigma ** 2 * (
            day_count + day_count ** 2 / session_count
            + CASE WHEN sxx > 0 THEN (bench_sum - day_count * bench_mean) ** 2 / sxx ELSE 0 END
        )
    ) AS se
FROM summed
-- A window with a missing session would sum fewer days than its name says.
WHERE day_count = last_tau - first_tau + 1;

COMMENT ON MACRO TABLE store.cumulative_returns IS 'One row per chosen development, listing and window: the cumulative abnormal return and its standard error.';
