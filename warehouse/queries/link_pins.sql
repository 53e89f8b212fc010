-- One row per mention of block_batch under a review decision: the newest decision, and the link.
SELECT pinned.mention_id, pinned.pin_group, pinned.apart, linked.development_id
FROM store.pins AS pinned
SEMI JOIN block_batch AS touched ON touched.block = pinned.block
JOIN store.review_decisions AS ruled ON ruled.decision_id = pinned.decision_id
LEFT JOIN store.development_mentions AS linked
    ON linked.mention_id = pinned.mention_id AND linked.part = 0
QUALIFY row_number() OVER (
    PARTITION BY pinned.mention_id ORDER BY ruled.decided_at DESC, ruled.decision_id
) = 1
ORDER BY pinned.mention_id;
