-- One row per development from a list of dates, in its first revision.
INSERT INTO store.developments BY NAME
SELECT *, 1 AS revision, false AS retracted, now() AS recorded_at
FROM development_batch;
