-- One new revision per measure without developments, marked as retracted.
INSERT INTO store.measures BY NAME
SELECT
    held.* EXCLUDE (revision, retracted, recorded_at),
    held.revision + 1 AS revision,
    true AS retracted,
    now() AS recorded_at
FROM store.measures AS held
JOIN gone_measure_batch AS gone ON gone.id = held.measure_id
ANTI JOIN store.measures AS newer
    ON newer.measure_id = held.measure_id AND newer.revision > held.revision
WHERE NOT held.retracted;
