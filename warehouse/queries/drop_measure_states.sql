-- Measures that are no more have no life.
DELETE FROM store.measure_states
WHERE measure_id IN (SELECT id FROM gone_measure_batch);
