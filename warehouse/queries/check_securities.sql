-- One row per warning for the operator.
SELECT 'ticker ' || ticker || ' is on ' || count(DISTINCT mic) || ' markets for '
    || count(DISTINCT issuer_id) || ' issuers: ' || string_agg(DISTINCT listing_id, ', ' ORDER BY listing_id)
    AS line
FROM store.listings
WHERE valid_to IS NULL AND source NOT LIKE 'SEC list'
    AND ticker IN (SELECT ticker FROM store.listings WHERE source NOT LIKE 'SEC list')
GROUP BY ticker
HAVING count(DISTINCT issuer_id) > 1
UNION ALL
SELECT 'ISIN ' || isin || ' is given for ' || string_agg(DISTINCT listing_id, ', ' ORDER BY listing_id)
FROM store.listings
WHERE isin IS NOT NULL AND valid_to IS NULL
GROUP BY isin
HAVING count(DISTINCT issuer_id) > 1
UNION ALL
SELECT 'CIK ' || cik || ' is given for ' || string_agg(issuer_id, ', ' ORDER BY issuer_id)
FROM store.issuers
WHERE cik IS NOT NULL
GROUP BY cik
HAVING count(*) > 1
UNION ALL
SELECT listing_id || ': was ' || string_agg(issuer_id, ', then ' ORDER BY valid_to NULLS LAST)
FROM store.listings
GROUP BY listing_id
HAVING count(DISTINCT issuer_id) > 1
UNION ALL
SELECT issuer_id || ': exposed to ' || string_agg(DISTINCT commodity_id, ', ' ORDER BY commodity_id)
    || ' but not listed'
FROM store.exposures
ANTI JOIN store.listings USING (issuer_id)
GROUP BY issuer_id
UNION ALL
SELECT listing_id || ': currency missing'
FROM store.listings
WHERE currency IS NULL
ORDER BY line;
