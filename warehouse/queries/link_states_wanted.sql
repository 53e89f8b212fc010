-- One row per development that linking may touch in the blocks of block_batch: those heard of since
-- the block's time (is_open), and all of measures found by a word of wanted_batch or under a ruling.
WITH touched AS (
    SELECT held.development_id, held.measure_id, held.index_keys, held.block,
        held.last_reported_at >= since_then.since AS is_open
    FROM store.development_states AS held
    JOIN block_batch AS since_then ON since_then.block = held.block
),
wanted AS (
    SELECT touched.measure_id
    FROM touched
    JOIN (SELECT block, list(index_key) AS words FROM wanted_batch GROUP BY block) AS given
        ON given.block = touched.block
    WHERE touched.is_open OR list_has_any(touched.index_keys, given.words)
    UNION
    SELECT touched.measure_id FROM touched WHERE touched.is_open
    UNION
    SELECT touched.measure_id
    FROM touched
    JOIN store.development_mentions AS linked ON linked.development_id = touched.development_id
    SEMI JOIN store.pins AS pinned ON pinned.mention_id = linked.mention_id
)
SELECT
    held.development_id, held.measure_id, held.block, held.last_reported_at, held.state,
    touched.is_open
FROM touched
SEMI JOIN wanted ON wanted.measure_id = touched.measure_id
JOIN store.development_states AS held ON held.development_id = touched.development_id;
