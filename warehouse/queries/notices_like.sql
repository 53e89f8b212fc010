-- One row per notice whose id begins with $alert_id, and per notice in a digest whose id does.
SELECT
    told.alert_id, told.kind, told.state, told.headline, told.rule_id, told.folded_into,
    starts_with(told.alert_id, $alert_id) AS is_named
FROM alerts AS told
WHERE starts_with(told.alert_id, $alert_id) OR starts_with(told.folded_into, $alert_id)
ORDER BY is_named DESC, told.created_at, told.alert_id
LIMIT 500;
