-- One row per current measure: its newest revision, unless that retracts it.
CREATE OR REPLACE VIEW store.standing_measures AS
SELECT held.* EXCLUDE (retracted, digest)
FROM store.measures AS held
JOIN (
    SELECT measure_id, max(revision) AS revision
    FROM store.measures
    GROUP BY measure_id
) AS latest
    ON latest.measure_id = held.measure_id AND latest.revision = held.revision
WHERE NOT held.retracted;

COMMENT ON VIEW store.standing_measures IS 'One row per current measure, in its newest revision. Read measure_status instead, which shows its status today.';
