-- One row per listing and session: its return and its benchmark's.
-- after: prices, session_numbers
CREATE OR REPLACE VIEW daily_returns AS
WITH numbered AS (
    SELECT
        price.listing_id, price.session_date, price.adj_close, listing.benchmark_id,
        session.calendar, session.session_no
    FROM prices AS price
    JOIN (
        SELECT listing_id, any_value(mic) AS mic, any_value(benchmark_id) AS benchmark_id
        FROM store.listings
        GROUP BY listing_id
    ) AS listing ON listing.listing_id = price.listing_id
    JOIN store.markets AS market ON market.mic = listing.mic
    JOIN store.session_numbers AS session
        ON session.calendar = market.calendar AND session.session_date = price.session_date
),
moved AS (
    SELECT
        *,
        -- Over a gap there is no one-day return.
        CASE
            WHEN session_no - lag(session_no) OVER series = 1
                THEN adj_close / lag(adj_close) OVER series - 1
        END AS ret
    FROM numbered
    WINDOW series AS (PARTITION BY listing_id ORDER BY session_no)
)
SELECT
    moved.listing_id,
    moved.session_date,
    moved.calendar,
    moved.session_no,
    moved.adj_close,
    moved.ret,
    moved.benchmark_id,
    bench.adj_close AS benchmark_adj_close,
    bench.ret AS benchmark_ret
FROM moved
LEFT JOIN moved AS bench
    ON bench.listing_id = moved.benchmark_id AND bench.session_date = moved.session_date;

COMMENT ON VIEW daily_returns IS 'One row per listing and session: its return and its benchmark''s.';
COMMENT ON COLUMN daily_returns.listing_id IS 'The listing, MIC:TICKER.';
COMMENT ON COLUMN daily_returns.session_date IS 'Trading day of the market.';
COMMENT ON COLUMN daily_returns.calendar IS 'Calendar its market keeps, by MIC.';
COMMENT ON COLUMN daily_returns.session_no IS 'Number of the session in that calendar.';
COMMENT ON COLUMN daily_returns.adj_close IS 'Adjusted close.';
COMMENT ON COLUMN daily_returns.ret IS 'Simple return from the session before; NULL where that has no price.';
COMMENT ON COLUMN daily_returns.benchmark_id IS 'What it is measured against, MIC:TICKER.';
COMMENT ON COLUMN daily_returns.benchmark_adj_close IS 'Adjusted close of the benchmark that day.';
COMMENT ON COLUMN daily_returns.benchmark_ret IS 'Return of the benchmark that day.';
