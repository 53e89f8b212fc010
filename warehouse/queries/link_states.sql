-- One row per development of the blocks in block_batch; is_open: reported since the block's time.
SELECT
    held.development_id, held.measure_id, held.block, held.last_reported_at, held.state,
    held.last_reported_at >= touched.since AS is_open
FROM store.development_states AS held
JOIN block_batch AS touched ON touched.block = held.block;
