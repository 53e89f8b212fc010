-- One row per development that linking may touch in the blocks of block_batch: those heard of since
-- the block's time (is_open), and all of measures that are open, under a ruling, or found by a word
-- of wanted_batch and heard of since the time given there.
WITH touched AS (
    SELECT held.development_id, held.measure_id, held.index_keys, held.block,
        held.last_reported_at,
        held.last_reported_at >= since_then.since AS is_open
    FROM store.development_states AS held
    JOIN block_batch AS since_then ON since_then.block = held.block
),
words AS (
    SELECT DISTINCT measure_id, block, unnest(index_keys) AS index_key FROM touched
),
heard AS (
    SELECT measure_id, max(last_reported_at) AS last_reported_at FROM touched GROUP BY measure_id
),
wanted AS (
    SELECT words.measure_id
    FROM words
    JOIN wanted_batch AS given
        ON given.block = words.block AND given.index_key = words.index_key
    JOIN heard ON heard.measure_id = words.measure_id
    WHERE given.heard_since IS NULL OR heard.last_reported_at >= given.heard_since
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
