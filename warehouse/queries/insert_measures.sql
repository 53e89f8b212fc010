-- One new revision per measure of the batch whose content differs from the last revision.
INSERT INTO store.measures BY NAME
WITH latest AS (
    SELECT
        held.measure_id,
        max(held.revision) AS revision,
        arg_max(held.digest, held.revision) AS digest,
        arg_max(held.retracted, held.revision) AS retracted
    FROM store.measures AS held
    SEMI JOIN measure_batch AS wanted ON wanted.measure_id = held.measure_id
    GROUP BY held.measure_id
)
SELECT
    given.*,
    coalesce(latest.revision, 0) + 1 AS revision,
    false AS retracted,
    now() AS recorded_at
FROM measure_batch AS given
LEFT JOIN latest ON latest.measure_id = given.measure_id
WHERE latest.digest IS DISTINCT FROM given.digest OR latest.retracted;
