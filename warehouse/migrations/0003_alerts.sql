-- The outbox: what is owed to whom, and every attempt to deliver it.
-- No keys, constraints, indexes or enumerations, so that DuckLake runs it too; that a notice is
-- owed once is held by the anti-join in queries/enqueue_alerts.sql. All times UTC. No secrets:
-- a channel is known by its name only.

-- One row per notice owed: rule x development x channel, or a digest of several.
-- state: pending, claimed, sent, folded (goes with the digest folded_into), dead (gave up).
-- kind: single or digest; of a digest development_id and measure_id are NULL.
CREATE TABLE store.alerts (
    alert_id VARCHAR,
    kind VARCHAR,
    rule_id VARCHAR,
    development_id VARCHAR,
    measure_id VARCHAR,
    report_key VARCHAR,
    channel VARCHAR,
    severity VARCHAR,
    severity_rank INTEGER,
    headline VARCHAR,
    facts VARCHAR,
    refers_to VARCHAR,
    first_seen_at TIMESTAMPTZ,
    published_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ,
    due_at TIMESTAMPTZ,
    fold_at TIMESTAMPTZ,
    fold_reason VARCHAR,
    folded_into VARCHAR,
    state VARCHAR,
    claim_token VARCHAR,
    claimed_by VARCHAR,
    claimed_until TIMESTAMPTZ,
    claim_count INTEGER,
    failure_count INTEGER,
    sent_at TIMESTAMPTZ,
    last_error VARCHAR
);

-- One row per attempt to deliver a notice; append-only.
-- outcome: sent, repeat (sent, though it had been sent before), failed, refused.
CREATE TABLE store.deliveries (
    delivery_id VARCHAR,
    alert_id VARCHAR,
    channel VARCHAR,
    owner VARCHAR,
    attempt INTEGER,
    started_at TIMESTAMPTZ,
    duration_s DOUBLE,
    outcome VARCHAR,
    error VARCHAR
);

-- One row per development the rules were asked about; fingerprint is what they saw of it, so that
-- a later confirmation or ticker has them asked again. alerts_off: stored without asking.
CREATE TABLE store.alert_considered (
    development_id VARCHAR,
    fingerprint VARCHAR,
    considered_at TIMESTAMPTZ,
    alerts_off BOOLEAN
);
