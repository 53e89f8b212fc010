-- One row per run_id: inserted at the start, updated at the end.
MERGE INTO store.runs AS held
USING (SELECT $run_id AS run_id) AS given ON held.run_id = given.run_id
WHEN MATCHED THEN
    UPDATE SET ended_at = $ended_at, outcome = $outcome, detail = $detail
WHEN NOT MATCHED THEN
    INSERT (run_id, flow, started_at, ended_at, outcome, detail, host, process)
    VALUES ($run_id, $flow, $started_at, $ended_at, $outcome, $detail, $host, $process)
