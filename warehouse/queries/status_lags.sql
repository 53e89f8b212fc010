-- One row per clock: seconds from publication, and from first_seen_at, to sending, for notices of
-- the seven days before $at. Notices that waited for a digest are left out: that wait is intended.
WITH sent AS (
    SELECT seen_to_sent_s, published_to_sent_s
    FROM alerts
    WHERE kind = 'single'
        AND state = 'sent'
        AND fold_reason IS NULL
        AND sent_at > $at::TIMESTAMPTZ - INTERVAL 7 DAY
)
SELECT
    'published' AS clock,
    count(published_to_sent_s) AS count,
    quantile_cont(published_to_sent_s, 0.5) AS p50_s,
    quantile_cont(published_to_sent_s, 0.95) AS p95_s
FROM sent
UNION ALL
SELECT
    'first_seen' AS clock,
    count(seen_to_sent_s) AS count,
    quantile_cont(seen_to_sent_s, 0.5) AS p50_s,
    quantile_cont(seen_to_sent_s, 0.95) AS p95_s
FROM sent
ORDER BY clock DESC
