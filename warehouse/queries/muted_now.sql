-- One row per measure that is muted at $now, with the mute that lasts longest.
SELECT measure_id, arg_max(mute_id, (ends_at, mute_id)) AS mute_id
FROM store.muted_measures
WHERE muted_at <= $now AND ends_at > $now
GROUP BY measure_id;
