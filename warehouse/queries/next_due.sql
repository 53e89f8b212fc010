-- One row: when the next notice of these channels can be claimed.
SELECT min(
    CASE
        -- As in claim_alerts.sql and fold_due.sql: such times come from a clock that ran ahead.
        WHEN state = 'claimed' AND claimed_until > now() + INTERVAL 1 DAY THEN now()
        WHEN state = 'claimed' THEN claimed_until
        WHEN coalesce(fold_at, due_at) > now() + INTERVAL 8 DAY THEN now()
        ELSE coalesce(fold_at, due_at)
    END
)
FROM store.alerts
WHERE state IN ('pending', 'claimed') AND list_contains($channels, channel)
    AND (kind <> 'correction' OR refers_to IN (
        SELECT f.alert_id
        FROM store.alerts AS f
        LEFT JOIN store.alerts AS d ON d.alert_id = f.folded_into
        WHERE coalesce(d.state, f.state) = 'sent' AND f.alert_id IN (
            SELECT refers_to FROM store.alerts WHERE kind = 'correction' AND state IN ('pending', 'claimed')
        )
    ))
