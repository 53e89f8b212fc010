-- Marks article versions of the batch that an extractor refused: they wait for the next extractor.
UPDATE store.unread SET refused_by = given.extractor_version
FROM extraction_batch AS given
WHERE given.reject IS NOT NULL
    AND unread.article_id = given.article_id
    AND unread.version = given.version;
