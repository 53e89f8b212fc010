-- One row per unusual result of linking that no person has confirmed.
-- after: policy_events
CREATE OR REPLACE VIEW review_queue AS
SELECT
    held.review_id, held.kind, held.reason, step.measure_key, step.type, step.status,
    step.decision_date, step.evidence, step.first_url, held.development_id, held.measure_id,
    held.created_at
FROM store.review_queue AS held
JOIN policy_events AS step ON step.development_id = held.development_id
ANTI JOIN store.review_decisions AS ruled
    ON ruled.subject_id = held.review_id AND ruled.action = 'confirm';

COMMENT ON VIEW review_queue IS 'One row per unusual result of linking that no person has confirmed.';
COMMENT ON COLUMN review_queue.review_id IS 'Id of the finding; used for a review decision.';
COMMENT ON COLUMN review_queue.kind IS 'life_cycle, company_missing, value_missing, end_missing, averted_nothing, retroactive, violated_type or disputed.';
COMMENT ON COLUMN review_queue.reason IS 'What is unusual, in words.';
COMMENT ON COLUMN review_queue.measure_key IS 'Readable key of the measure.';
COMMENT ON COLUMN review_queue.type IS 'Type of the step.';
COMMENT ON COLUMN review_queue.status IS 'Status of the step.';
COMMENT ON COLUMN review_queue.decision_date IS 'Day the step was decided.';
COMMENT ON COLUMN review_queue.evidence IS 'The sentence that reported it first.';
COMMENT ON COLUMN review_queue.first_url IS 'Address of the article with that sentence.';
COMMENT ON COLUMN review_queue.development_id IS 'The step; see policy_events.';
COMMENT ON COLUMN review_queue.measure_id IS 'The measure; see measure_status.';
COMMENT ON COLUMN review_queue.created_at IS 'When it was found, UTC.';
