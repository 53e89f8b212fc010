-- One row per mention of either measure: from now on they share one.
INSERT INTO store.pins BY NAME
SELECT DISTINCT
    linked.mention_id, $decision AS pin_group, false AS apart, held.block, $decision AS decision_id
FROM store.development_mentions AS linked
JOIN store.development_states AS held ON held.development_id = linked.development_id
WHERE held.measure_id IN ($one, $other)
    AND NOT EXISTS (FROM store.pins AS given WHERE given.decision_id = $decision);
