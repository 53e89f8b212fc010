-- One row per part of a mention.
INSERT INTO store.development_mentions BY NAME
SELECT given.*, now() AS recorded_at
FROM link_batch AS given;
