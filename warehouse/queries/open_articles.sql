-- One row per article that reports an open development of the blocks in block_batch.
SELECT DISTINCT linked.article_id
FROM store.development_mentions AS linked
SEMI JOIN (
    SELECT held.development_id
    FROM store.development_states AS held
    JOIN block_batch AS touched
        ON touched.block = held.block AND held.last_reported_at >= touched.since
) AS open_development ON open_development.development_id = linked.development_id;
