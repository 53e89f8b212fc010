-- What the desk says back: measures it wants to hear nothing of for a while, and notices it found
-- right or wrong. No keys, constraints or indexes, so that DuckLake runs it too.

-- One row per mute or unmute of a measure; append-only. A later row of a measure ends an earlier one.
-- muted_until: when a mute ends by itself; NULL of an unmute. measure_key as it was then.
CREATE TABLE store.alert_mutes (
    mute_id VARCHAR,
    action VARCHAR,
    measure_id VARCHAR,
    measure_key VARCHAR,
    muted_until TIMESTAMPTZ,
    reason VARCHAR,
    noted_by VARCHAR,
    noted_at TIMESTAMPTZ
);

-- One row per word on a notice, right or wrong; append-only. The latest of a notice counts.
CREATE TABLE store.alert_judgements (
    judgement_id VARCHAR,
    alert_id VARCHAR,
    verdict VARCHAR,
    reason VARCHAR,
    judged_by VARCHAR,
    judged_at TIMESTAMPTZ
);

-- The mute that held a notice back. Its state is then muted, for good: it is not sent later.
ALTER TABLE store.alerts ADD COLUMN mute_id VARCHAR;
