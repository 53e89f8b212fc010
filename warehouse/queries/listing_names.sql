-- One row per listing: its id, MIC:TICKER, and its issuer's name.
SELECT DISTINCT listing.listing_id, issuer.name
FROM store.listings AS listing
LEFT JOIN store.issuers AS issuer ON issuer.issuer_id = listing.issuer_id
ORDER BY listing.listing_id;
