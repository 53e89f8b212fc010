-- Article versions of the batch that an extractor has read.
DELETE FROM store.unread
WHERE (article_id, version) IN (
    SELECT (article_id, version) FROM extraction_batch WHERE reject IS NULL
);
