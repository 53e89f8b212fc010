-- One row per current development: its newest revision, unless that retracts it.
-- after: dated_developments
CREATE OR REPLACE VIEW store.standing_developments AS
SELECT held.* EXCLUDE (retracted, superseded_by, digest)
FROM store.dated_developments AS held
JOIN (
    SELECT development_id, max(revision) AS revision
    FROM store.developments
    GROUP BY development_id
) AS latest
    ON latest.development_id = held.development_id AND latest.revision = held.revision
WHERE NOT held.retracted;

COMMENT ON VIEW store.standing_developments IS 'One row per current development, in its newest revision. Read policy_events instead, which adds all related columns.';
