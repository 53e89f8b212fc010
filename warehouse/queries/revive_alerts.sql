-- One row per notice given up on: it gets a fresh set of attempts.
UPDATE store.alerts
SET state = 'pending', failure_count = 0, due_at = $now
WHERE state = 'dead' AND ($channel IS NULL OR channel = $channel)
