-- One row per row of `fold_batch`: the notice goes with a digest, or by itself if alone.
UPDATE store.alerts AS a
SET
    state = CASE WHEN f.folded_into IS NULL THEN 'pending' ELSE 'folded' END,
    folded_into = f.folded_into,
    fold_at = NULL
FROM fold_batch AS f
WHERE a.alert_id = f.alert_id
