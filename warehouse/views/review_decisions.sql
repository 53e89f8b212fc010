-- One row per review decision: a person's correction of the linking.
CREATE OR REPLACE VIEW review_decisions AS
SELECT decision_id, action, subject_id, object_id, decided_by, reason, applied, decided_at
FROM store.review_decisions;

COMMENT ON VIEW review_decisions IS 'One row per review decision: a person''s correction of the linking.';
COMMENT ON COLUMN review_decisions.decision_id IS 'Id of the decision.';
COMMENT ON COLUMN review_decisions.action IS 'confirm (the finding is correct as it is), merge (two measures are one) or split (a development is a measure of its own).';
COMMENT ON COLUMN review_decisions.subject_id IS 'The finding, measure or development that the decision is about.';
COMMENT ON COLUMN review_decisions.object_id IS 'The measure to merge into; NULL unless action is merge.';
COMMENT ON COLUMN review_decisions.decided_by IS 'Who decided.';
COMMENT ON COLUMN review_decisions.reason IS 'Why.';
COMMENT ON COLUMN review_decisions.applied IS 'True when linking has run again with this decision.';
COMMENT ON COLUMN review_decisions.decided_at IS 'When it was decided, UTC.';
