-- One row per development of the report, newest first, with the listings it touches most: at most
-- $most_new.
WITH newest AS (
    SELECT *
    FROM report_steps
    ORDER BY first_seen_at DESC, novelty_score DESC, development_id
    LIMIT $most_new
),
touched AS (
    SELECT
        development_id,
        list(
            {listing: listing_id, sign: sign, why: why}
            ORDER BY link = 'exposed', relevance DESC, listing_id
        ) AS touched
    FROM report_ties
    SEMI JOIN newest USING (development_id)
    GROUP BY development_id
)
SELECT newest.*, coalesce(touched.touched[:4], []) AS touched, len(touched.touched) AS touched_count
FROM newest
LEFT JOIN touched ON touched.development_id = newest.development_id
ORDER BY newest.first_seen_at DESC, newest.novelty_score DESC, newest.development_id
