-- One row per listing whose ticker, id, name or alias contains $words, closest match first.
SELECT
    listing.listing_id,
    issuer.name,
    issuer.country,
    issuer.cik,
    listing.isin,
    listing.figi,
    listing.currency,
    listing.valid_from,
    listing.valid_to,
    listing.benchmark_id,
    listing.source,
    list_concat(issuer.aliases, coalesce(further.names, [])) AS names,
    coalesce(ties.exposures, []) AS exposures
FROM store.listings AS listing
JOIN store.issuers AS issuer ON issuer.issuer_id = listing.issuer_id
LEFT JOIN (
    SELECT issuer_id, list(alias ORDER BY alias) AS names
    FROM store.company_aliases
    GROUP BY issuer_id
) AS further ON further.issuer_id = issuer.issuer_id
LEFT JOIN (
    SELECT issuer_id, list(commodity_id || ':' || role ORDER BY weight DESC) AS exposures
    FROM store.exposures
    GROUP BY issuer_id
) AS ties ON ties.issuer_id = issuer.issuer_id
WHERE listing.listing_id ILIKE $words
    OR listing.ticker ILIKE $words
    OR listing.isin ILIKE $words
    OR issuer.cik = $words
    OR (length($words) > 3 AND contains(lower(issuer.name), lower($words)))
    OR list_contains(
        list_transform(list_concat(issuer.aliases, coalesce(further.names, [])), n -> lower(n)),
        lower($words)
    )
ORDER BY
    (listing.ticker ILIKE $words OR listing.listing_id ILIKE $words) DESC,
    starts_with(lower(issuer.name), lower($words)) DESC,
    listing.position
LIMIT 20;
