-- How many developments of the batch no revision is stored of.
SELECT count(*)
FROM development_batch AS given
ANTI JOIN store.developments AS held ON held.development_id = given.development_id;
