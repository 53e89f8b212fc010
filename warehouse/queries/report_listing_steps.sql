-- One row per listing of $listings and development of the report that touches it, newest first of
-- each listing: at most $most_rows of a listing.
SELECT
    tie.*,
    step.* EXCLUDE (development_id, measure_id)
FROM report_ties AS tie
JOIN report_steps AS step ON step.development_id = tie.development_id
WHERE tie.listing_id IN (SELECT unnest($listings))
QUALIFY row_number() OVER (
    PARTITION BY tie.listing_id ORDER BY step.first_seen_at DESC, step.development_id
) <= $most_rows
ORDER BY tie.listing_id, step.first_seen_at DESC, step.development_id
