-- One row per notice that goes by itself but waits for a digest whose time has come, with how many
-- wait with it: same rule, channel, time and reason make one digest.
SELECT
    rule_id,
    channel,
    fold_at,
    fold_reason,
    arg_min(severity, severity_rank) AS severity,
    min(severity_rank) AS severity_rank,
    list(alert_id ORDER BY created_at, alert_id) AS alert_ids
FROM store.alerts
-- No digest is further away than days: a later time was written by a clock that was ahead.
WHERE state = 'pending'
    AND kind = 'single'
    AND (fold_at <= $now OR fold_at > $now::TIMESTAMPTZ + INTERVAL 8 DAY)
GROUP BY rule_id, channel, fold_at, fold_reason
