-- One row: when the next notice of these channels can be claimed.
SELECT min(
    CASE
        WHEN state = 'claimed' THEN claimed_until
        ELSE coalesce(fold_at, due_at)
    END
)
FROM store.alerts
WHERE state IN ('pending', 'claimed') AND list_contains($channels, channel)
