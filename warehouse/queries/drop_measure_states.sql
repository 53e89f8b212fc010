-- Deletes the states of measures that no longer exist.
DELETE FROM store.measure_states
WHERE measure_id IN (SELECT id FROM gone_measure_batch);
