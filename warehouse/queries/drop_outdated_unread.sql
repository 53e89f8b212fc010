-- Versions that wait no more: a newer one of the batch has come.
DELETE FROM store.unread
WHERE article_id IN (SELECT article_id FROM article_batch);
