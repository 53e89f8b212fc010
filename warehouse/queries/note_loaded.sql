-- Stores the digest of one input; replaces the one before.
MERGE INTO store.loaded_inputs AS held
USING (SELECT $input AS input, $digest AS digest, $loaded_at::TIMESTAMPTZ AS loaded_at) AS given
ON held.input = given.input
WHEN MATCHED THEN UPDATE SET digest = given.digest, loaded_at = given.loaded_at
WHEN NOT MATCHED THEN INSERT BY NAME;
