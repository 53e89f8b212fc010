-- One row: how many notices of one rule, updates too, passed on one channel within a window.
SELECT count(*)
FROM store.alerts
WHERE kind IN ('single', 'update')
    AND rule_id = $rule_id
    AND channel = $channel
    AND fold_at IS NULL
    AND state <> 'muted'
    AND created_at >= $window_start
    AND created_at < $window_end
