-- Deletes the states of developments that no longer exist.
DELETE FROM store.development_states
WHERE development_id IN (SELECT id FROM gone_batch);
