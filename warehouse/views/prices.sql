-- One row per listing and session, from the one source of the listing with the latest prices.
CREATE OR REPLACE VIEW prices AS
SELECT
    bar.listing_id,
    split_part(bar.listing_id, ':', 1) AS mic,
    split_part(bar.listing_id, ':', 2) AS ticker,
    bar.session_date,
    bar."close",
    bar.adj_close,
    bar.volume,
    bar.currency,
    bar.source,
    bar.fetched_at
FROM store.daily_bars AS bar
JOIN (
    SELECT listing_id, arg_max(source, (last_date, bar_count, source)) AS source
    FROM (
        SELECT listing_id, source, max(session_date) AS last_date, count(*) AS bar_count
        FROM store.daily_bars
        GROUP BY listing_id, source
    )
    GROUP BY listing_id
) AS main ON main.listing_id = bar.listing_id AND main.source = bar.source;

COMMENT ON VIEW prices IS 'One row per listing and session. Each listing uses one source, the one with the latest prices: sources adjust differently, so a series never mixes them.';
COMMENT ON COLUMN prices.listing_id IS 'The listing, MIC:TICKER.';
COMMENT ON COLUMN prices.mic IS 'Market, ISO 10383 code (MIC).';
COMMENT ON COLUMN prices.ticker IS 'Ticker on that market.';
COMMENT ON COLUMN prices.session_date IS 'Trading day of the market.';
COMMENT ON COLUMN prices."close" IS 'Close as traded; NULL when the source has adjusted closes only.';
COMMENT ON COLUMN prices.adj_close IS 'Close adjusted by the source for splits and dividends; the returns use it.';
COMMENT ON COLUMN prices.volume IS 'Shares traded; NULL when the source has no volumes.';
COMMENT ON COLUMN prices.currency IS 'Currency of the prices, ISO 4217.';
COMMENT ON COLUMN prices.source IS 'Data source of the series.';
COMMENT ON COLUMN prices.fetched_at IS 'When it was loaded, UTC.';
