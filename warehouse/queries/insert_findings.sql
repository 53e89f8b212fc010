-- One row per finding that is not in the queue yet.
INSERT INTO store.review_queue BY NAME
SELECT DISTINCT given.*, now() AS created_at
FROM finding_batch AS given
ANTI JOIN store.review_queue AS held ON held.review_id = given.review_id;
