-- One row per review decision, newest first.
SELECT
    strftime(decided_at AT TIME ZONE 'UTC', '%Y-%m-%d') AS date, decided_by AS who, action,
    subject_id AS subject, object_id AS into, reason AS why, if(applied, 'yes', 'not yet') AS applied
FROM review_decisions
ORDER BY decided_at DESC, decision_id
LIMIT $row_limit;
