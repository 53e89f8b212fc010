-- One row per standing measure: its current state.
MERGE INTO store.measure_states AS held
USING measure_state_batch AS given
ON held.measure_id = given.measure_id
WHEN MATCHED THEN UPDATE BY NAME
WHEN NOT MATCHED THEN INSERT BY NAME;
