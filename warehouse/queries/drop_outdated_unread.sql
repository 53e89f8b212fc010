-- Deletes waiting versions that the batch replaces with newer ones.
DELETE FROM store.unread
WHERE article_id IN (SELECT article_id FROM article_batch);
