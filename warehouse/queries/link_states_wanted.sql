-- One row per development that linking may touch in the blocks of block_batch: those heard of since
-- the block's time (is_open), and all of measures that are open, under a ruling, or found by a word
-- of wanted_batch and heard of since the time given there.
WITH asked AS (
    SELECT
        since_then.block,
        since_then.since,
        coalesce(list(given.index_key) FILTER (given.heard_since IS NULL), []) AS words_for_ever,
        least(since_then.since, min(given.heard_since)) AS earliest
    FROM block_batch AS since_then
    LEFT JOIN wanted_batch AS given ON given.block = since_then.block
    GROUP BY since_then.block, since_then.since
),
-- Measures that can be wanted at all: few of those a block has gathered over the years.
near AS MATERIALIZED (
    SELECT held.measure_id
    FROM store.development_states AS held
    JOIN asked ON asked.block = held.block
    WHERE held.last_reported_at >= asked.earliest
    UNION
    SELECT held.measure_id
    FROM store.development_states AS held
    JOIN asked ON asked.block = held.block AND len(asked.words_for_ever) > 0
    WHERE list_has_any(held.index_keys, asked.words_for_ever)
    UNION
    SELECT held.measure_id
    FROM store.pins AS pinned
    JOIN store.development_mentions AS linked ON linked.mention_id = pinned.mention_id
    JOIN store.development_states AS held ON held.development_id = linked.development_id
),
touched AS MATERIALIZED (
    SELECT
        held.development_id, held.measure_id, held.index_keys, held.block, held.last_reported_at,
        held.last_reported_at >= asked.since AS is_open
    FROM store.development_states AS held
    SEMI JOIN near ON near.measure_id = held.measure_id
    JOIN asked ON asked.block = held.block
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
),
chosen AS MATERIALIZED (
    SELECT touched.development_id, touched.is_open
    FROM touched
    SEMI JOIN wanted ON wanted.measure_id = touched.measure_id
),
-- Picked by row: a join reads the whole state of every development it passes.
states AS (
    SELECT development_id, measure_id, block, last_reported_at, state
    FROM store.development_states
    WHERE rowid IN (
        SELECT held.rowid
        FROM store.development_states AS held
        SEMI JOIN chosen ON chosen.development_id = held.development_id
    )
)
SELECT
    states.development_id, states.measure_id, states.block, states.last_reported_at, states.state,
    chosen.is_open
FROM chosen
JOIN states ON states.development_id = chosen.development_id;
