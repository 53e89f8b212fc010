-- One row per row of `amended_batch`: an unsent notice is updated or withdrawn.
UPDATE store.alerts AS a
SET
    state = given.state,
    headline = given.headline,
    facts = given.facts,
    told_as = given.told_as
FROM amended_batch AS given
WHERE a.alert_id = given.alert_id AND a.state IN ('pending', 'withdrawn') AND a.claim_count = 0
