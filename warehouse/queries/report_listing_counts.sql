-- One row per listing that a step of the report touches: steps by expected sign.
SELECT
    listing_id,
    count(*) AS developments,
    count(*) FILTER (sign = '+') AS gains,
    count(*) FILTER (sign = '-') AS losses,
    count(*) FILTER (sign = '?') AS open
FROM report_ties
GROUP BY listing_id
ORDER BY listing_id
