-- One row: a mute or unmute of a measure.
INSERT INTO store.alert_mutes BY NAME
SELECT
    $mute_id AS mute_id, $action AS action, $measure_id AS measure_id,
    $measure_key AS measure_key, $muted_until AS muted_until, $reason AS reason,
    $noted_by AS noted_by, $noted_at AS noted_at;
