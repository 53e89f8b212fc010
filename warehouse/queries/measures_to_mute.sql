-- One row per measure that stands, with its readable key.
SELECT measure_id, measure_key
FROM store.standing_measures
ORDER BY measure_key, measure_id;
