-- One row per standing development: the state that linking continues from.
MERGE INTO store.development_states AS held
USING state_batch AS given
ON held.development_id = given.development_id
WHEN MATCHED THEN UPDATE BY NAME
WHEN NOT MATCHED THEN INSERT BY NAME;
