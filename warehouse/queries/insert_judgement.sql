-- One row: a person's word on a notice.
INSERT INTO store.alert_judgements BY NAME
SELECT
    $judgement_id AS judgement_id, $alert_id AS alert_id, $verdict AS verdict,
    $reason AS reason, $judged_by AS judged_by, $judged_at AS judged_at;
