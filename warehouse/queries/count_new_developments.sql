-- One row: how many developments of the batch have no stored revision.
SELECT count(*)
FROM development_batch AS given
ANTI JOIN store.developments AS held ON held.development_id = given.development_id;
