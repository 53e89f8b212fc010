-- One row per ruling of a person on what linking did.
CREATE OR REPLACE VIEW review_decisions AS
SELECT decision_id, action, subject_id, object_id, decided_by, reason, applied, decided_at
FROM store.review_decisions;

COMMENT ON VIEW review_decisions IS 'One row per ruling of a person on what linking did.';
COMMENT ON COLUMN review_decisions.decision_id IS 'Id of the ruling.';
COMMENT ON COLUMN review_decisions.action IS 'confirm (a finding is all right), merge (two measures are one) or split (a development is a measure of its own).';
COMMENT ON COLUMN review_decisions.subject_id IS 'The finding, measure or development it is about.';
COMMENT ON COLUMN review_decisions.object_id IS 'The measure it was merged into.';
COMMENT ON COLUMN review_decisions.decided_by IS 'Who decided.';
COMMENT ON COLUMN review_decisions.reason IS 'Why.';
COMMENT ON COLUMN review_decisions.applied IS 'Were lives linked anew under it?';
COMMENT ON COLUMN review_decisions.decided_at IS 'When, UTC.';
