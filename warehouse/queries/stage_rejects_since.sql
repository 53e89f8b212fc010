-- One row per stage that left items out since $since, with their number.
SELECT stage, count(DISTINCT item_id) AS item_count
FROM store.stage_rejects
WHERE rejected_at >= $since
GROUP BY stage
ORDER BY stage;
