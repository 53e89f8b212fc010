-- Mentions linked anew give up where they were.
DELETE FROM store.development_mentions
WHERE (mention_id, part) IN (SELECT mention_id, part FROM link_batch);
