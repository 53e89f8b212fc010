-- One row per row of `owed_batch`: new notices, with their due times. Those of a
-- muted measure are held back at once.
INSERT INTO store.alerts BY NAME
SELECT
    alert_id,
    kind,
    rule_id,
    development_id,
    measure_id,
    report_key,
    channel,
    severity,
    severity_rank,
    headline,
    facts,
    refers_to,
    told_as,
    first_seen_at,
    published_at,
    created_at,
    due_at,
    fold_at,
    fold_reason,
    NULL AS folded_into,
    CASE WHEN mute_id IS NULL THEN 'pending' ELSE 'muted' END AS state,
    mute_id,
    NULL AS claim_token,
    NULL AS claimed_by,
    NULL AS claimed_until,
    0 AS claim_count,
    0 AS failure_count,
    NULL AS sent_at,
    NULL AS last_error
FROM owed_batch
