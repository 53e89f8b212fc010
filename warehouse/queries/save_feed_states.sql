-- One row per fetched feed: its state after the last answer.
MERGE INTO store.feed_states AS held
USING (SELECT DISTINCT ON (feed_id) * FROM state_batch) AS given
ON held.feed_id = given.feed_id
WHEN MATCHED THEN UPDATE BY NAME
WHEN NOT MATCHED THEN INSERT BY NAME;
