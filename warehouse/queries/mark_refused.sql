-- Article versions of the batch that an extractor refused wait for the next one.
UPDATE store.unread SET refused_by = given.extractor_version
FROM extraction_batch AS given
WHERE given.reject IS NOT NULL
    AND unread.article_id = given.article_id
    AND unread.version = given.version;
