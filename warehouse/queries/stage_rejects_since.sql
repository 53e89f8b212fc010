-- One row per stage that left something out since $since, with how many things.
SELECT stage, count(DISTINCT item_id) AS item_count
FROM store.stage_rejects
WHERE rejected_at >= $since
GROUP BY stage
ORDER BY stage;
