-- One row per judgement: a person's word that a notice was right or wrong.
CREATE OR REPLACE VIEW alert_judgements AS
SELECT
    word.judgement_id,
    word.alert_id,
    about.rule_id,
    about.channel,
    about.kind,
    about.development_id,
    about.headline,
    word.verdict,
    word.reason,
    word.judged_by,
    word.judged_at,
    row_number() OVER (
        PARTITION BY word.alert_id ORDER BY word.judged_at DESC, word.judgement_id DESC
    ) = 1 AS is_newest
FROM store.alert_judgements AS word
LEFT JOIN store.alerts AS about ON about.alert_id = word.alert_id;

COMMENT ON VIEW alert_judgements IS 'One row per judgement: a person''s word that a notice was right or wrong. The newest of a notice counts.';
COMMENT ON COLUMN alert_judgements.judgement_id IS 'Id of the judgement.';
COMMENT ON COLUMN alert_judgements.alert_id IS 'The notice; see alerts.';
COMMENT ON COLUMN alert_judgements.rule_id IS 'Rule of the notice.';
COMMENT ON COLUMN alert_judgements.channel IS 'Channel of the notice.';
COMMENT ON COLUMN alert_judgements.kind IS 'Kind of the notice: single or correction.';
COMMENT ON COLUMN alert_judgements.development_id IS 'Development of the notice; see policy_events.';
COMMENT ON COLUMN alert_judgements.headline IS 'Headline of the notice.';
COMMENT ON COLUMN alert_judgements.verdict IS 'right or wrong.';
COMMENT ON COLUMN alert_judgements.reason IS 'Why; NULL when no reason was given.';
COMMENT ON COLUMN alert_judgements.judged_by IS 'Who judged.';
COMMENT ON COLUMN alert_judgements.judged_at IS 'When, UTC.';
COMMENT ON COLUMN alert_judgements.is_newest IS 'True for the last word on the notice, the one that counts.';
