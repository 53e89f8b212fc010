-- One row per listing affected by a standing development, and per benchmark of one.
WITH touched AS (
    SELECT DISTINCT tie.listing_id
    FROM store.event_tickers AS tie
    JOIN store.standing_developments AS step USING (development_id)
)
SELECT listing_id, issuer_id, mic, ticker, currency, isin, figi, valid_from, valid_to, source
FROM store.listings
WHERE (valid_to IS NULL OR valid_to > current_date)
    AND listing_id IN (
        FROM touched
        UNION
        SELECT benchmark_id FROM store.listings WHERE listing_id IN (FROM touched)
    )
ORDER BY position;
