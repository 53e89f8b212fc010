-- One row per digest that is due: the single notices with the same rule, channel, time and reason
-- that wait for it.
SELECT
    rule_id,
    channel,
    fold_at,
    fold_reason,
    arg_min(severity, severity_rank) AS severity,
    min(severity_rank) AS severity_rank,
    list(alert_id ORDER BY created_at, alert_id) AS alert_ids
FROM store.alerts
-- A digest is at most days ahead: a later time was written by a clock that ran ahead.
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
