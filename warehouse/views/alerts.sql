-- One row per notice: rule x development x channel, or a digest that stands for several.
CREATE OR REPLACE VIEW alerts AS
WITH attempts AS (
    SELECT
        alert_id,
        count(*) AS attempt_count,
        count(*) FILTER (WHERE outcome = 'repeat') AS repeat_count,
        max(started_at) AS last_attempt_at
    FROM store.deliveries
    GROUP BY alert_id
)
SELECT
    a.alert_id,
    a.kind,
    a.rule_id,
    a.severity,
    a.channel,
    a.headline,
    a.development_id,
    a.measure_id,
    a.refers_to,
    CASE WHEN a.state = 'folded' THEN coalesce(d.state, 'folded') ELSE a.state END AS state,
    a.created_at,
    coalesce(a.fold_at, a.due_at) AS due_at,
    coalesce(a.sent_at, d.sent_at) AS sent_at,
    a.folded_into,
    a.fold_reason,
    a.first_seen_at,
    a.published_at,
    date_diff('millisecond', a.first_seen_at, coalesce(a.sent_at, d.sent_at)) / 1000.0
        AS seen_to_sent_s,
    date_diff('millisecond', a.published_at, coalesce(a.sent_at, d.sent_at)) / 1000.0
        AS published_to_sent_s,
    coalesce(t.attempt_count, 0) AS attempt_count,
    coalesce(t.repeat_count, 0) AS repeat_count,
    t.last_attempt_at,
    CASE WHEN a.state = 'sent' THEN NULL ELSE a.last_error END AS last_error
FROM store.alerts AS a
LEFT JOIN store.alerts AS d ON d.alert_id = a.folded_into
LEFT JOIN attempts AS t ON t.alert_id = coalesce(a.folded_into, a.alert_id);

COMMENT ON VIEW alerts IS 'What the desk was told or is owed: one row per notice';
COMMENT ON COLUMN alerts.alert_id IS 'Digest of rule, development and channel; the idempotency key';
COMMENT ON COLUMN alerts.kind IS 'single, correction (its source took back or changed what refers_to tells), or digest: one notice that stands for several';
COMMENT ON COLUMN alerts.rule_id IS 'The rule that matched';
COMMENT ON COLUMN alerts.severity IS 'flash, urgent or notice, as the rule says';
COMMENT ON COLUMN alerts.channel IS 'The channel the notice is owed to, by name';
COMMENT ON COLUMN alerts.headline IS 'The development in one line';
COMMENT ON COLUMN alerts.development_id IS 'The development; NULL for a digest';
COMMENT ON COLUMN alerts.measure_id IS 'Its measure; NULL for a digest';
COMMENT ON COLUMN alerts.refers_to IS 'The notice of the step this one carries on (announced to in force), or that it corrects; NULL if none';
COMMENT ON COLUMN alerts.state IS 'pending, claimed, sent, dead (given up on) or withdrawn (its source took it back before it went); of a folded notice, the state of its digest';
COMMENT ON COLUMN alerts.created_at IS 'When it was written to the outbox, UTC';
COMMENT ON COLUMN alerts.due_at IS 'When it may go, or go again after a failure, UTC';
COMMENT ON COLUMN alerts.sent_at IS 'When the receiver took it, by itself or in its digest, UTC; NULL if not yet';
COMMENT ON COLUMN alerts.folded_into IS 'The digest it went with; NULL if it goes by itself';
COMMENT ON COLUMN alerts.fold_reason IS 'Why it was folded: hourly, daily, quiet or throttle; NULL if it was not';
COMMENT ON COLUMN alerts.first_seen_at IS 'When we could first have known of the development, UTC';
COMMENT ON COLUMN alerts.published_at IS 'When its publisher says it was published, UTC; NULL if not said';
COMMENT ON COLUMN alerts.seen_to_sent_s IS 'Seconds from first seen to sent';
COMMENT ON COLUMN alerts.published_to_sent_s IS 'Seconds from publication, as claimed, to sent';
COMMENT ON COLUMN alerts.attempt_count IS 'Attempts to deliver it or its digest';
COMMENT ON COLUMN alerts.repeat_count IS 'Attempts that succeeded after one that had: the receiver saw the key again';
COMMENT ON COLUMN alerts.last_attempt_at IS 'When delivery was last tried, UTC; NULL if never';
COMMENT ON COLUMN alerts.last_error IS 'Why it is not sent yet, without secrets; NULL if nothing went wrong';
