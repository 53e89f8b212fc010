-- Articles that wait no more; article_batch are those that do (articles_to_link).
DELETE FROM store.unlinked
WHERE article_id NOT IN (SELECT article_id FROM article_batch);
