-- One row per finding that no person has confirmed, newest first.
SELECT
    review_id AS finding, kind, decision_date AS date, reason AS why, measure_key AS measure, evidence,
    development_id AS development, measure_id
FROM review_queue
WHERE $kind IS NULL OR kind = $kind
ORDER BY created_at DESC, review_id
LIMIT $row_limit;
