-- Deletes findings about measures that were linked again or no longer exist.
DELETE FROM store.review_queue
WHERE (
        measure_id IN (SELECT measure_id FROM measure_batch)
        OR measure_id IN (SELECT id FROM gone_measure_batch)
    )
    AND review_id NOT IN (SELECT review_id FROM finding_batch);
