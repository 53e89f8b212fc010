-- One row per run that a process of a known machine began and did not end.
SELECT run_id, flow, started_at, ended_at, outcome, detail, host, process
FROM store.runs
WHERE ended_at IS NULL AND host IS NOT NULL
ORDER BY started_at
