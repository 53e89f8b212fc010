-- One row per piece of a backfill that is done, each once.
SELECT chunk, any_value(article_count), any_value(held_count), any_value(mention_count),
    any_value(reject_count)
FROM store.backfill_chunks
WHERE backfill_id = $backfill_id
GROUP BY chunk;
