-- Deletes the old links of mentions that were linked again.
DELETE FROM store.development_mentions
WHERE (mention_id, part) IN (SELECT mention_id, part FROM link_batch);
