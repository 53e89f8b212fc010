-- One row per mute that holds at $now, with the measure it names.
SELECT measure_id, measure_key, ends_at, held_count
FROM alert_mutes
WHERE muted_at <= $now AND ends_at > $now
ORDER BY ends_at, measure_key, measure_id;
