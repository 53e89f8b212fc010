-- One row per row of `parts_batch`: how far an attempt came with a notice that takes several messages.
INSERT INTO store.delivery_parts
SELECT alert_id, parts_sent, parts_total, noted_at
FROM parts_batch
