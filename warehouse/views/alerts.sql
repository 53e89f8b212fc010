-- One row per notice: rule x development x channel, or a digest of several.
-- after: alert_judgements
CREATE OR REPLACE VIEW alerts AS
WITH attempts AS (
    SELECT
        alert_id,
        count(*) AS attempt_count,
        count(*) FILTER (WHERE outcome = 'repeat') AS repeat_count,
        max(started_at) AS last_attempt_at
    FROM store.deliveries
    GROUP BY alert_id
),
words AS (
    SELECT alert_id, verdict, reason
    FROM alert_judgements
    WHERE is_newest
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
    CASE WHEN a.state = 'sent' THEN NULL ELSE a.last_error END AS last_error,
    a.mute_id,
    w.verdict,
    w.reason AS verdict_reason
FROM store.alerts AS a
LEFT JOIN store.alerts AS d ON d.alert_id = a.folded_into
LEFT JOIN attempts AS t ON t.alert_id = coalesce(a.folded_into, a.alert_id)
LEFT JOIN words AS w ON w.alert_id = a.alert_id;

COMMENT ON VIEW alerts IS 'One row per notice: what was sent to a channel, or waits to be sent.';
COMMENT ON COLUMN alerts.alert_id IS 'Digest of rule, development and channel; the idempotency key.';
COMMENT ON COLUMN alerts.kind IS 'single; update (further reports of the step in refers_to give its end, rate or goods); correction (the source withdrew or changed what the notice in refers_to says); or digest (one notice for several).';
COMMENT ON COLUMN alerts.rule_id IS 'Id of the rule that matched.';
COMMENT ON COLUMN alerts.severity IS 'flash, urgent or notice; set by the rule.';
COMMENT ON COLUMN alerts.channel IS 'Name of the channel the notice goes to.';
COMMENT ON COLUMN alerts.headline IS 'The development in one line.';
COMMENT ON COLUMN alerts.development_id IS 'The development; see policy_events. NULL for a digest.';
COMMENT ON COLUMN alerts.measure_id IS 'Its measure; see measure_status. NULL for a digest.';
COMMENT ON COLUMN alerts.refers_to IS 'alert_id of the notice this one follows (an earlier step, such as announced before in_force) or corrects; NULL when there is none.';
COMMENT ON COLUMN alerts.state IS 'pending, claimed, sent, dead (failed permanently), withdrawn (the source withdrew the report before it was sent) or muted (held back for good, because its measure was muted). A folded notice shows the state of its digest.';
COMMENT ON COLUMN alerts.created_at IS 'When it was written to the outbox, UTC.';
COMMENT ON COLUMN alerts.due_at IS 'Earliest time to send it, or to retry after a failure, UTC.';
COMMENT ON COLUMN alerts.sent_at IS 'When the receiver accepted it or its digest, UTC; NULL when not sent.';
COMMENT ON COLUMN alerts.folded_into IS 'alert_id of the digest that contains it; NULL when it is sent alone.';
COMMENT ON COLUMN alerts.fold_reason IS 'Why it was folded into a digest: hourly, daily, quiet or throttle; NULL when it was not.';
COMMENT ON COLUMN alerts.first_seen_at IS 'When the first report of the development reached us, UTC.';
COMMENT ON COLUMN alerts.published_at IS 'Publication time that the publisher states, UTC; NULL when it states none.';
COMMENT ON COLUMN alerts.seen_to_sent_s IS 'Time from first_seen_at to sent_at, in seconds.';
COMMENT ON COLUMN alerts.published_to_sent_s IS 'Time from published_at to sent_at, in seconds.';
COMMENT ON COLUMN alerts.attempt_count IS 'Delivery attempts for it or its digest.';
COMMENT ON COLUMN alerts.repeat_count IS 'Attempts that succeeded after an earlier success: the receiver got the same alert_id again.';
COMMENT ON COLUMN alerts.last_attempt_at IS 'Time of the last delivery attempt, UTC; NULL when there was none.';
COMMENT ON COLUMN alerts.last_error IS 'Why it is not sent yet, without secrets; NULL when there was no error.';
COMMENT ON COLUMN alerts.mute_id IS 'The mute that held it back; see alert_mutes. NULL when none did.';
COMMENT ON COLUMN alerts.verdict IS 'right or wrong: the last word of a person on it; see alert_judgements. NULL when nobody judged it.';
COMMENT ON COLUMN alerts.verdict_reason IS 'Why it was judged so; NULL when no reason was given.';
