-- One row per listing that is valid today; an issuer's first listing comes first.
SELECT listing_id, issuer_id, mic, ticker, currency, isin, figi, valid_from, valid_to, source
FROM store.listings
WHERE valid_to IS NULL OR valid_to > current_date
ORDER BY position;
