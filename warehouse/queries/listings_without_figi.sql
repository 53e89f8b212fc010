-- One row per current listing without a FIGI that matches $words or whose issuer has an exposure.
SELECT listing_id, issuer_id, mic, ticker, currency, isin, figi, valid_from, valid_to, source
FROM store.listings
WHERE figi IS NULL
    AND (valid_to IS NULL OR valid_to > current_date)
    AND CASE
        WHEN $words IS NULL THEN issuer_id IN (SELECT issuer_id FROM store.exposures)
        ELSE ticker = upper($words) OR listing_id = upper($words)
    END
ORDER BY position;
