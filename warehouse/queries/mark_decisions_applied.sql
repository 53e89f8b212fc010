-- Rulings whose mentions were linked under them just now.
UPDATE store.review_decisions SET applied = true
WHERE NOT applied AND decision_id IN (
    SELECT pinned.decision_id
    FROM store.pins AS pinned
    SEMI JOIN link_batch AS linked ON linked.mention_id = pinned.mention_id
);
