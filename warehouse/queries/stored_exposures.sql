-- One row per exposure that is valid today.
SELECT
    issuer_id, commodity_id, role, weight, countries, coalesce(sells, []) AS sells, source,
    valid_from, valid_to
FROM store.exposures
WHERE valid_to IS NULL OR valid_to > current_date
ORDER BY issuer_id, weight DESC, commodity_id;
