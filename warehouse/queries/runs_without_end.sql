-- One row per unfinished run with a known host and process.
SELECT run_id, flow, started_at, ended_at, outcome, detail, host, process
FROM store.runs
WHERE ended_at IS NULL AND host IS NOT NULL
ORDER BY started_at
