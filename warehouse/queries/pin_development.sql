-- One row per mention of the development: from now on they have a measure of their own.
INSERT INTO store.pins BY NAME
SELECT DISTINCT
    linked.mention_id, $decision AS pin_group, true AS apart, held.block, $decision AS decision_id
FROM store.development_mentions AS linked
JOIN store.development_states AS held ON held.development_id = linked.development_id
WHERE held.development_id = $one
    AND NOT EXISTS (FROM store.pins AS given WHERE given.decision_id = $decision);
