-- Developments known from a list of dates, in their first revision.
INSERT INTO store.developments BY NAME
SELECT *, 1 AS revision, false AS retracted, now() AS recorded_at
FROM development_batch;
