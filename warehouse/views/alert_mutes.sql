-- One row per mute of a measure: until when its notices are held back, and how many were.
-- after: mute_spans
CREATE OR REPLACE VIEW alert_mutes AS
WITH held AS (
    SELECT mute_id, count(*) AS held_count, max(created_at) AS last_held_at
    FROM store.alerts
    WHERE state = 'muted'
    GROUP BY mute_id
)
SELECT
    span.mute_id,
    span.measure_id,
    span.measure_key,
    span.muted_at,
    span.muted_until,
    span.ends_at,
    span.ended_by,
    span.ends_at > now() AS is_active,
    coalesce(held.held_count, 0) AS held_count,
    held.last_held_at,
    span.noted_by AS muted_by,
    span.reason
FROM store.mute_spans AS span
LEFT JOIN held ON held.mute_id = span.mute_id;

COMMENT ON VIEW alert_mutes IS 'One row per mute of a measure: until when its notices are held back, and how many were. What was held back is not sent later.';
COMMENT ON COLUMN alert_mutes.mute_id IS 'Id of the mute.';
COMMENT ON COLUMN alert_mutes.measure_id IS 'The muted measure; see measure_status.';
COMMENT ON COLUMN alert_mutes.measure_key IS 'Readable key of the measure, as it was then.';
COMMENT ON COLUMN alert_mutes.muted_at IS 'When it was muted, UTC.';
COMMENT ON COLUMN alert_mutes.muted_until IS 'Until when it was to be muted, UTC.';
COMMENT ON COLUMN alert_mutes.ends_at IS 'When the mute ends or ended, UTC: muted_until, or earlier by an unmute or another mute of the measure.';
COMMENT ON COLUMN alert_mutes.ended_by IS 'What ends it: time, unmute, or mute (another mute of the measure replaced it).';
COMMENT ON COLUMN alert_mutes.is_active IS 'True while it holds.';
COMMENT ON COLUMN alert_mutes.held_count IS 'Number of notices it held back; see alerts.mute_id.';
COMMENT ON COLUMN alert_mutes.last_held_at IS 'When the last of them was written, UTC; NULL when there is none.';
COMMENT ON COLUMN alert_mutes.muted_by IS 'Who muted it.';
COMMENT ON COLUMN alert_mutes.reason IS 'Why; NULL when no reason was given.';
