-- One row per flow or stage: its last run.
SELECT run_id, flow, started_at, ended_at, outcome, detail, host, process
FROM store.runs
-- Times in the future were written by a wrong clock.
WHERE started_at <= now() + INTERVAL 1 HOUR
QUALIFY row_number() OVER (PARTITION BY flow ORDER BY started_at DESC, run_id) = 1
ORDER BY started_at, flow
