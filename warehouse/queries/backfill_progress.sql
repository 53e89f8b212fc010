-- One row per finished chunk of a backfill.
SELECT
    done.chunk,
    any_value(article_count),
    any_value(held_count),
    any_value(mention_count),
    any_value(reject_count),
    any_value(passed_count),
    any_value(refused_count),
    any_value(places),
    any_value(reasons)
FROM store.backfill_chunks AS done
LEFT JOIN store.backfill_left_out AS left_out
    ON left_out.backfill_id = done.backfill_id AND left_out.chunk = done.chunk
WHERE done.backfill_id = $backfill_id
GROUP BY done.chunk;
