-- One row: how many single notices of one rule passed on one channel within a window.
SELECT count(*)
FROM store.alerts
WHERE kind = 'single'
    AND rule_id = $rule_id
    AND channel = $channel
    AND fold_at IS NULL
    AND state <> 'muted'
    AND created_at >= $window_start
    AND created_at < $window_end
