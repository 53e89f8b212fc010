-- One new revision per development of the batch whose content differs from the last revision.
INSERT INTO store.developments BY NAME
WITH latest AS (
    SELECT
        held.development_id,
        max(held.revision) AS revision,
        arg_max(held.digest, held.revision) AS digest,
        arg_max(held.retracted, held.revision) AS retracted
    FROM store.developments AS held
    SEMI JOIN development_batch AS wanted ON wanted.development_id = held.development_id
    GROUP BY held.development_id
)
SELECT
    given.*,
    coalesce(latest.revision, 0) + 1 AS revision,
    false AS retracted,
    now() AS recorded_at
FROM development_batch AS given
LEFT JOIN latest ON latest.development_id = given.development_id
WHERE latest.digest IS DISTINCT FROM given.digest OR latest.retracted;
