-- Deletes article versions of the batch from the queue: an extractor has read them.
DELETE FROM store.unread
WHERE (article_id, version) IN (
    SELECT (article_id, version) FROM extraction_batch WHERE reject IS NULL
);
