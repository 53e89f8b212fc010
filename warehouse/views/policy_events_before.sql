-- One row per development as the warehouse held it just before a re-extraction began.
-- after: policy_events_as_recorded, readings
CREATE OR REPLACE MACRO policy_events_before(reading) AS TABLE
FROM policy_events_as_recorded(
    (SELECT started_at FROM readings WHERE reading_id = reading)
);

COMMENT ON MACRO TABLE policy_events_before IS 'One row per development as the warehouse held it just before the given re-extraction began; policy_events shows the current state.';
