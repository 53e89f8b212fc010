-- One row per listing and session: the return of the listing and of its benchmark.
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
        -- Across a gap there is no one-day return.
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

COMMENT ON VIEW daily_returns IS 'One row per listing and session: the return of the listing and of its benchmark.';
COMMENT ON COLUMN daily_returns.listing_id IS 'The listing, MIC:TICKER.';
COMMENT ON COLUMN daily_returns.session_date IS 'Trading day of the market.';
COMMENT ON COLUMN daily_returns.calendar IS 'Trading calendar of the market, named by its MIC.';
COMMENT ON COLUMN daily_returns.session_no IS 'Running number of the session in that calendar.';
COMMENT ON COLUMN daily_returns.adj_close IS 'Adjusted close, in the currency of the listing.';
COMMENT ON COLUMN daily_returns.ret IS 'Simple return since the previous session, as a fraction; NULL when the previous session has no price.';
COMMENT ON COLUMN daily_returns.benchmark_id IS 'Its benchmark, MIC:TICKER.';
COMMENT ON COLUMN daily_returns.benchmark_adj_close IS 'Adjusted close of the benchmark on that day.';
COMMENT ON COLUMN daily_returns.benchmark_ret IS 'Return of the benchmark on that day, as a fraction.';
