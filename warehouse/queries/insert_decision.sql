-- One row: a review decision, unless it is stored already.
INSERT INTO store.review_decisions BY NAME
SELECT
    $decision_id AS decision_id, $action AS action, $subject_id AS subject_id,
    $object_id AS object_id, $decided_by AS decided_by, $reason AS reason,
    $applied AS applied, $decided_at AS decided_at
WHERE NOT EXISTS (FROM store.review_decisions WHERE decision_id = $decision_id);
