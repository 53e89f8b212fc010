-- One row: when the next notice of these channels can be claimed.
SELECT min(
    CASE
        -- As claim_alerts.sql and fold_due.sql have it: such times are of a clock that was ahead.
        WHEN state = 'claimed' AND claimed_until > now() + INTERVAL 1 DAY THEN now()
        WHEN state = 'claimed' THEN claimed_until
        WHEN coalesce(fold_at, due_at) > now() + INTERVAL 8 DAY THEN now()
        ELSE coalesce(fold_at, due_at)
    END
)
FROM store.alerts
WHERE state IN ('pending', 'claimed') AND list_contains($channels, channel)
