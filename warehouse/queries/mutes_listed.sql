-- One row per mute that held at some time since $since, and for $active today; the last to end first.
SELECT measure_key, measure_id, ends_at, ended_by, is_active, held_count, muted_by, reason
FROM alert_mutes
WHERE ends_at >= $since AND (is_active OR NOT $active)
ORDER BY ends_at DESC, measure_key, mute_id;
