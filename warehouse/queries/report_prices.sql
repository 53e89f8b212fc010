-- One row per session and listing that a step of the report touches, from 60 days before its first
-- step on, at most the last $most_sessions sessions of a listing.
WITH touched AS (
    SELECT listing_id, min(event_date) - 60 AS since
    FROM report_ties
    WHERE event_date IS NOT NULL
    GROUP BY listing_id
)
SELECT price.listing_id, price.session_date, price.adj_close, price.currency
FROM prices AS price
JOIN touched ON touched.listing_id = price.listing_id AND price.session_date >= touched.since
QUALIFY row_number() OVER (
    PARTITION BY price.listing_id ORDER BY price.session_date DESC
) <= $most_sessions
