-- One row per development and affected listing: the move of its adjusted close around day 0.
-- after: event_sessions, daily_returns
CREATE OR REPLACE VIEW event_returns AS
WITH around AS (
    SELECT
        event.development_id, event.listing_id,
        max(day.adj_close) FILTER (day.session_no = event.event_no - 1) AS close_before,
        max(day.adj_close) FILTER (day.session_no = event.event_no) AS close_event,
        max(day.adj_close) FILTER (day.session_no = event.event_no + 1) AS close_1,
        max(day.adj_close) FILTER (day.session_no = event.event_no + 5) AS close_5,
        max(day.benchmark_adj_close) FILTER (day.session_no = event.event_no - 1) AS bench_before,
        max(day.benchmark_adj_close) FILTER (day.session_no = event.event_no) AS bench_event,
        max(day.benchmark_adj_close) FILTER (day.session_no = event.event_no + 1) AS bench_1,
        max(day.benchmark_adj_close) FILTER (day.session_no = event.event_no + 5) AS bench_5
    FROM store.event_sessions AS event
    JOIN daily_returns AS day
        ON day.listing_id = event.listing_id
        AND day.session_no BETWEEN event.event_no - 1 AND event.event_no + 5
    GROUP BY event.development_id, event.listing_id
)
SELECT
    event.development_id,
    event.listing_id,
    event.link,
    event.sign,
    event.relevance,
    event.type,
    event.status,
    event.polarity,
    event.first_seen_at,
    event.event_date,
    event.benchmark_id,
    event.currency,
    around.close_before,
    around.close_event,
    around.close_1,
    around.close_5,
    around.close_event / around.close_before - 1 AS ret_0,
    around.close_1 / around.close_before - 1 AS ret_1,
    around.close_5 / around.close_before - 1 AS ret_5,
    ret_0 - (around.bench_event / around.bench_before - 1) AS adjusted_0,
    ret_1 - (around.bench_1 / around.bench_before - 1) AS adjusted_1,
    ret_5 - (around.bench_5 / around.bench_before - 1) AS adjusted_5,
    CASE
        WHEN event.calendar IS NULL THEN 'market or listing not known at that time'
        WHEN event.event_date IS NULL THEN 'no session of its market after it yet'
        WHEN around.close_before IS NULL AND around.close_event IS NULL THEN 'no prices'
        WHEN around.close_before IS NULL THEN 'no price the session before'
        WHEN around.close_event IS NULL THEN 'no price that session'
        WHEN around.close_5 IS NULL THEN 'no price five sessions on'
        WHEN around.bench_before IS NULL THEN 'no price of the benchmark'
    END AS missing
FROM store.event_sessions AS event
LEFT JOIN around
    ON around.development_id = event.development_id AND around.listing_id = event.listing_id;

COMMENT ON VIEW event_returns IS 'One row per development and affected listing: the move of its adjusted close around day 0.';
COMMENT ON COLUMN event_returns.development_id IS 'The development; see policy_events.';
COMMENT ON COLUMN event_returns.listing_id IS 'The listing, MIC:TICKER.';
COMMENT ON COLUMN event_returns.link IS 'How the development affects the listing: named, party or exposed; the closest link when there are several.';
COMMENT ON COLUMN event_returns.sign IS 'Expected direction of that link, a prior: +, - or ?; NULL when it is not known.';
COMMENT ON COLUMN event_returns.relevance IS 'Closeness of the link, from 0 to 100.';
COMMENT ON COLUMN event_returns.type IS 'Type of the development.';
COMMENT ON COLUMN event_returns.status IS 'Status of the development.';
COMMENT ON COLUMN event_returns.polarity IS 'Polarity of the development.';
COMMENT ON COLUMN event_returns.first_seen_at IS 'When the first report reached us, UTC.';
COMMENT ON COLUMN event_returns.event_date IS 'Day 0: the first session of the listing''s market that closed after first_seen_at.';
COMMENT ON COLUMN event_returns.benchmark_id IS 'Its benchmark, MIC:TICKER.';
COMMENT ON COLUMN event_returns.currency IS 'Currency of the prices, ISO 4217.';
COMMENT ON COLUMN event_returns.close_before IS 'Adjusted close of the session before event_date, in currency.';
COMMENT ON COLUMN event_returns.close_event IS 'Adjusted close on event_date, in currency.';
COMMENT ON COLUMN event_returns.close_1 IS 'Adjusted close one session after event_date, in currency.';
COMMENT ON COLUMN event_returns.close_5 IS 'Adjusted close five sessions after event_date, in currency.';
COMMENT ON COLUMN event_returns.ret_0 IS 'Return from close_before to close_event, as a fraction.';
COMMENT ON COLUMN event_returns.ret_1 IS 'Return from close_before to close_1, as a fraction.';
COMMENT ON COLUMN event_returns.ret_5 IS 'Return from close_before to close_5, as a fraction.';
COMMENT ON COLUMN event_returns.adjusted_0 IS 'ret_0 minus the benchmark''s return over the same days, as a fraction.';
COMMENT ON COLUMN event_returns.adjusted_1 IS 'ret_1 minus the benchmark''s return over the same days, as a fraction.';
COMMENT ON COLUMN event_returns.adjusted_5 IS 'ret_5 minus the benchmark''s return over the same days, as a fraction.';
COMMENT ON COLUMN event_returns.missing IS 'Why a value is NULL, in words; NULL when none is.';
