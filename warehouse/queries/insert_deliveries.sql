-- One row per row of `delivery_batch`: an attempt. A success after a success is a `repeat`.
INSERT INTO store.deliveries
SELECT
    delivery_id,
    alert_id,
    channel,
    owner,
    attempt,
    started_at,
    duration_s,
    CASE
        WHEN outcome = 'sent' AND alert_id IN (
            SELECT alert_id FROM store.deliveries WHERE outcome IN ('sent', 'repeat')
        ) THEN 'repeat'
        ELSE outcome
    END AS outcome,
    error
FROM delivery_batch
