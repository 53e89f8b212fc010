-- One row per flow or stage: its last pass.
SELECT run_id, flow, started_at, ended_at, outcome, detail, host, process
FROM store.runs
-- What lies ahead was written by a clock that was wrong.
WHERE started_at <= now() + INTERVAL 1 HOUR
QUALIFY row_number() OVER (PARTITION BY flow ORDER BY started_at DESC, run_id) = 1
ORDER BY started_at, flow
