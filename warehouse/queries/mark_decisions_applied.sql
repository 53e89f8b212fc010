-- Marks review decisions in the blocks that were just linked as applied.
UPDATE store.review_decisions SET applied = true
WHERE NOT applied AND decision_id IN (
    SELECT pinned.decision_id
    FROM store.pins AS pinned
    SEMI JOIN linked_block_batch AS linked ON linked.block = pinned.block
);
