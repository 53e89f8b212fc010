-- One row per development that linking may change in the blocks of block_batch: reported since the
-- block's time (is_open), or part of a measure that is open, under a review decision, or matched
-- by a word of wanted_batch and reported since the time given there.
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
-- Measures that can match at all: a small part of what a block collects over the years.
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
-- Selected by rowid: a join would read the state of every development in the blocks it scans.
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
