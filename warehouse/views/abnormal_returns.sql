-- One row per chosen development, listing and session around day 0: actual minus expected return.
-- after: event_sessions, daily_returns
-- MacKinlay (1997): the market model is fitted by least squares over the 120 sessions that end 11
-- before the event. A NULL filter accepts all; type, status and listing accept several values,
-- separated by commas. `p_placebo` takes quiet days of the chosen listings in place of the events:
-- the first session of every third week, more than 10 sessions from any event of the listing, from
-- 250 sessions before its first chosen event to 60 after the last. The widest window has 11 sessions
-- and three weeks have 15, so no two windows of a listing share a day, and none has an event.
CREATE OR REPLACE MACRO store.abnormal_returns(
    p_type, p_status, p_actor, p_target, p_commodity, p_listing, p_group, p_sign, p_link,
    p_since, p_until, p_placebo
) AS TABLE
WITH picked AS (
    SELECT
        event.development_id, event.listing_id, event.benchmark_id, event.calendar,
        coalesce(event.sign, 'unknown') AS sign, event.event_no, event.event_date,
        event.first_seen_at
    FROM store.event_sessions AS event
    LEFT JOIN store.issuers AS issuer ON issuer.issuer_id = event.issuer_id
    WHERE (p_type IS NULL OR list_contains(string_split(p_type, ','), event.type))
        AND (p_status IS NULL OR list_contains(string_split(p_status, ','), event.status))
        AND (p_actor IS NULL OR list_contains(event.actors, p_actor))
        AND (p_target IS NULL OR list_contains(event.targets, p_target))
        AND (p_commodity IS NULL OR list_contains(event.commodities, p_commodity))
        AND (
            p_listing IS NULL
            OR list_contains(string_split(p_listing, ','), event.listing_id)
            OR list_contains(string_split(p_listing, ','), split_part(event.listing_id, ':', 2))
        )
        AND (p_group IS NULL OR issuer.sector = p_group)
        AND (p_sign IS NULL OR coalesce(event.sign, 'unknown') = p_sign)
        AND (p_link IS NULL OR event.link = p_link)
        AND (p_since IS NULL OR event.event_date >= CAST(p_since AS DATE))
        AND (p_until IS NULL OR event.event_date <= CAST(p_until AS DATE))
        AND event.event_no IS NOT NULL
),
third_weeks AS (
    SELECT calendar, min(session_date) AS session_date, min(session_no) AS session_no
    FROM store.session_numbers
    GROUP BY calendar, (session_date - DATE '1970-01-05') // 21
),
spans AS (
    SELECT
        listing_id, calendar, any_value(benchmark_id) AS benchmark_id,
        min(event_no) - 250 AS first_no, max(event_no) + 60 AS last_no
    FROM picked
    WHERE p_placebo
    GROUP BY listing_id, calendar
),
chosen AS (
    SELECT development_id, listing_id, benchmark_id, sign, event_no, event_date, first_seen_at
    FROM picked
    WHERE NOT p_placebo
    UNION ALL
    SELECT
        'placebo ' || day.session_date, span.listing_id, span.benchmark_id, 'placebo',
        day.session_no, day.session_date, NULL
    FROM spans AS span
    JOIN third_weeks AS day
        ON day.calendar = span.calendar AND day.session_no BETWEEN span.first_no AND span.last_no
    WHERE NOT EXISTS (
        SELECT 1 FROM store.event_sessions AS other
        WHERE other.listing_id = span.listing_id
            AND other.event_no BETWEEN day.session_no - 10 AND day.session_no + 10
    )
),
windowed AS (
    SELECT
        chosen.*, day.session_no - chosen.event_no AS tau, day.session_date, day.ret,
        coalesce(day.benchmark_ret, CASE WHEN chosen.benchmark_id IS NULL THEN 0.0 END) AS bench
    FROM chosen
    JOIN daily_returns AS day
        ON day.listing_id = chosen.listing_id
        AND day.session_no BETWEEN chosen.event_no - 130 AND chosen.event_no + 20
    WHERE day.ret IS NOT NULL AND (day.benchmark_ret IS NOT NULL OR chosen.benchmark_id IS NULL)
),
fitted AS (
    SELECT
        development_id, listing_id,
        count(*) AS session_count,
        -- Without a benchmark, or with a constant one, the mean is the expected return.
        coalesce(CASE WHEN var_pop(bench) > 0 THEN regr_slope(ret, bench) END, 0.0) AS beta,
        avg(bench) AS bench_mean,
        avg(ret) - coalesce(CASE WHEN var_pop(bench) > 0 THEN regr_slope(ret, bench) END, 0.0)
            * avg(bench) AS alpha,
        regr_sxx(ret, bench) AS sxx,
        regr_syy(ret, bench) - coalesce(
            CASE WHEN var_pop(bench) > 0 THEN regr_sxy(ret, bench) ** 2 / regr_sxx(ret, bench) END,
            0.0
        ) AS sse
    FROM windowed
    WHERE tau BETWEEN -130 AND -11
    GROUP BY development_id, listing_id
)
SELECT
    windowed.development_id,
    windowed.listing_id,
    windowed.sign,
    windowed.event_date,
    windowed.first_seen_at,
    windowed.tau,
    windowed.session_date,
    windowed.ret,
    windowed.bench,
    windowed.ret - (fitted.alpha + fitted.beta * windowed.bench) AS ar,
    fitted.alpha,
    fitted.beta,
    fitted.session_count,
    fitted.bench_mean,
    fitted.sxx,
    sqrt(greatest(fitted.sse, 0) / (fitted.session_count - 2)) AS sigma
FROM windowed
JOIN fitted
    ON fitted.development_id = windowed.development_id
    AND fitted.listing_id = windowed.listing_id
    AND fitted.session_count >= 60;

COMMENT ON MACRO TABLE store.abnormal_returns IS 'One row per chosen development, listing and session around day 0: the actual return less the expected one.';
