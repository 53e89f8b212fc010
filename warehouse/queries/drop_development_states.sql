-- Developments that are no more have no state to go on from.
DELETE FROM store.development_states
WHERE development_id IN (SELECT id FROM gone_batch);
