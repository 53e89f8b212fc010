-- One row per listing, commodity, role and family of measures: developments by expected sign.
SELECT
    tie.listing_id,
    tie.commodity_id,
    tie.role,
    step.family,
    count(DISTINCT tie.development_id) AS developments,
    count(DISTINCT tie.development_id) FILTER (tie.sign = '+') AS gains,
    count(DISTINCT tie.development_id) FILTER (tie.sign = '-') AS losses,
    count(DISTINCT tie.development_id) FILTER (tie.sign = '?') AS open
FROM (
    SELECT development_id, listing_id, sign, role, unnest(goods) AS commodity_id
    FROM report_ties
) AS tie
JOIN report_steps AS step ON step.development_id = tie.development_id
GROUP BY ALL
ORDER BY tie.listing_id, developments DESC, tie.commodity_id
