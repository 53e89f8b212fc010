-- One row per row of `fold_batch`: the notice goes into a digest, or alone when it is the only one.
UPDATE store.alerts AS a
SET
    state = CASE WHEN f.folded_into IS NULL THEN 'pending' ELSE 'folded' END,
    folded_into = f.folded_into,
    fold_at = NULL
FROM fold_batch AS f
WHERE a.alert_id = f.alert_id
