-- One row per mute of a measure: from when to when it holds. A later mute or unmute of the measure
-- ends it early.
CREATE OR REPLACE VIEW store.mute_spans AS
SELECT
    mute_id, measure_id, measure_key, muted_until, reason, noted_by, noted_at AS muted_at,
    CASE WHEN next_at < muted_until THEN next_at ELSE muted_until END AS ends_at,
    CASE WHEN next_at < muted_until THEN next_action ELSE 'time' END AS ended_by
FROM (
    SELECT
        *,
        lead(noted_at) OVER (PARTITION BY measure_id ORDER BY noted_at, mute_id) AS next_at,
        lead(action) OVER (PARTITION BY measure_id ORDER BY noted_at, mute_id) AS next_action
    FROM store.alert_mutes
)
WHERE action = 'mute';

COMMENT ON VIEW store.mute_spans IS 'One row per mute of a measure: from when to when it holds. Read alert_mutes instead, which counts what it held back.';
