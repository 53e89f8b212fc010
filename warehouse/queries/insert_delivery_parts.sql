-- One row per row of `parts_batch`: how many messages of a notice in several parts were sent.
INSERT INTO store.delivery_parts
SELECT alert_id, parts_sent, parts_total, noted_at
FROM parts_batch
