-- What was made known beside the alerts: events for the scheduler, alarms for the operator.

-- One row per development whose event was handed to the scheduler; append-only.
CREATE TABLE store.emitted_events (
    development_id VARCHAR,
    emitted_at TIMESTAMPTZ
);

-- One row per trouble an operator was or is to be told of. ended_at is NULL while it lasts,
-- told_at until a channel has taken the alarm.
CREATE TABLE store.alarms (
    alarm_id VARCHAR,
    kind VARCHAR,
    subject VARCHAR,
    detail VARCHAR,
    began_at TIMESTAMPTZ,
    told_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ
);
