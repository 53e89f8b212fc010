-- Deletes articles that no longer wait for linking; article_batch holds those that do.
DELETE FROM store.unlinked
WHERE article_id NOT IN (SELECT article_id FROM article_batch);
