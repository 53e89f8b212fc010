-- One row per notice attempted or released. A success settles it under any claim; any other outcome
-- counts only while the claim is still ours.
UPDATE store.alerts AS a
SET
    state = d.state,
    sent_at = CASE WHEN d.state = 'sent' THEN coalesce(a.sent_at, d.ended_at) ELSE a.sent_at END,
    due_at = coalesce(d.due_at, a.due_at),
    failure_count = a.failure_count + d.failures,
    last_error = coalesce(d.error, a.last_error),
    claim_token = NULL,
    claimed_by = NULL,
    claimed_until = NULL
FROM settle_batch AS d
WHERE a.alert_id = d.alert_id
    AND a.state <> 'sent'
    AND (d.state = 'sent' OR a.claim_token = $token)
