-- One row per block with a ruling not applied yet: the first report it is about.
SELECT pinned.block, min(linked.reported_at) AS since
FROM store.pins AS pinned
JOIN store.review_decisions AS ruled ON ruled.decision_id = pinned.decision_id AND NOT ruled.applied
JOIN store.development_mentions AS linked ON linked.mention_id = pinned.mention_id
GROUP BY pinned.block;
