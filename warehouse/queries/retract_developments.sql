-- One new revision per development that no longer exists: its last content, marked as retracted.
INSERT INTO store.developments BY NAME
SELECT
    held.* EXCLUDE (revision, retracted, superseded_by, recorded_at),
    held.revision + 1 AS revision,
    true AS retracted,
    gone.superseded_by,
    now() AS recorded_at
FROM store.developments AS held
JOIN gone_batch AS gone ON gone.id = held.development_id
ANTI JOIN store.developments AS newer
    ON newer.development_id = held.development_id AND newer.revision > held.revision
WHERE NOT held.retracted;
