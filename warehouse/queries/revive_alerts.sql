-- One row per dead notice: it becomes due again with its failures reset.
UPDATE store.alerts
SET state = 'pending', failure_count = 0, due_at = $now
WHERE state = 'dead' AND ($channel IS NULL OR channel = $channel)
