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
    AND kind <> 'digest'
    AND (fold_at <= $now OR fold_at > $now::TIMESTAMPTZ + INTERVAL 8 DAY)
    AND (kind <> 'correction' OR refers_to IN (
        SELECT f.alert_id
        FROM store.alerts AS f
        LEFT JOIN store.alerts AS d ON d.alert_id = f.folded_into
        WHERE coalesce(d.state, f.state) = 'sent' AND f.alert_id IN (
            SELECT refers_to FROM store.alerts WHERE kind = 'correction' AND state = 'pending'
        )
    ))
GROUP BY rule_id, channel, fold_at, fold_reason
