-- One row per review decision, newest first.
SELECT decided_at, decided_by, action, subject_id, object_id, reason, applied
FROM review_decisions
ORDER BY decided_at DESC, decision_id
LIMIT $row_limit;
