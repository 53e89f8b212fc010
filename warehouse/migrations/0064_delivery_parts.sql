-- What was sent of notices that a channel takes in several messages only.
-- No keys, constraints or indexes, so that DuckLake runs it too.

-- One row per attempt that ended after some of the messages; append-only. The furthest says where
-- the next attempt goes on, as long as it cuts the notice into as many.
CREATE TABLE store.delivery_parts (
    alert_id VARCHAR,
    parts_sent INTEGER,
    parts_total INTEGER,
    noted_at TIMESTAMPTZ
);
