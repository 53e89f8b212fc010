-- One row per unsent notice that came due while its measure was muted, or is due now that it is:
-- it is held back for good. Due times too far ahead are those of claim_alerts.sql.
UPDATE store.alerts AS a
SET
    state = 'muted',
    mute_id = held.mute_id,
    claim_token = NULL,
    claimed_by = NULL,
    claimed_until = NULL
FROM (
    SELECT due.alert_id, arg_max(mute.mute_id, (mute.ends_at, mute.mute_id)) AS mute_id
    FROM (
        SELECT alert_id, measure_id, coalesce(fold_at, due_at) AS at
        FROM store.alerts
        WHERE measure_id IS NOT NULL
            AND (state = 'pending' OR (state = 'claimed' AND claimed_until <= $now))
    ) AS due
    JOIN store.muted_measures AS mute ON mute.measure_id = due.measure_id
    WHERE (due.at <= $now OR due.at > $now::TIMESTAMPTZ + INTERVAL 8 DAY)
        AND mute.muted_at <= $now
        AND mute.ends_at > least(due.at, $now::TIMESTAMPTZ)
    GROUP BY due.alert_id
) AS held
WHERE a.alert_id = held.alert_id
