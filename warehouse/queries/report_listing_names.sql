-- One row per listing that a step of the report touches: its company.
SELECT listing.listing_id, issuer.name, issuer.country, issuer.sector, listing.currency
FROM store.listings AS listing
JOIN store.issuers AS issuer ON issuer.issuer_id = listing.issuer_id
WHERE listing.listing_id IN (SELECT listing_id FROM report_ties)
QUALIFY row_number() OVER (PARTITION BY listing.listing_id ORDER BY listing.valid_from DESC) = 1
