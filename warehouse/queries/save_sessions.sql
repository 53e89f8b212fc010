-- Adds or updates the sessions of session_batch.
MERGE INTO store.sessions AS held
USING session_batch AS given
ON held.mic = given.mic AND held.session_date = given.session_date
WHEN MATCHED AND held.close_at IS DISTINCT FROM given.close_at THEN UPDATE BY NAME
WHEN NOT MATCHED THEN INSERT BY NAME;
