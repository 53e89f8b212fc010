-- One row per development that stands: what linking goes on from.
MERGE INTO store.development_states AS held
USING state_batch AS given
ON held.development_id = given.development_id
WHEN MATCHED THEN UPDATE BY NAME
WHEN NOT MATCHED THEN INSERT BY NAME;
