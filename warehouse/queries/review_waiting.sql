-- One row per finding that no person has confirmed, newest first.
SELECT review_id, kind, reason, measure_key, decision_date, development_id, measure_id, evidence
FROM review_queue
WHERE $kind IS NULL OR kind = $kind
ORDER BY created_at DESC, review_id
LIMIT $row_limit;
