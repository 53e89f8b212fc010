-- Marks feeds that left the operator's list; their articles and fetches stay.
UPDATE store.feeds SET listed = false, updated_at = now()
WHERE listed AND feed_id NOT IN (SELECT feed_id FROM feed_batch);
