-- One row per extraction of the batch that is not stored yet.
SELECT given.article_id, given.version, given.extractor_version
FROM extraction_batch AS given
ANTI JOIN store.extractions AS held
    ON held.article_id = given.article_id
    AND held.version = given.version
    AND held.extractor_version = given.extractor_version;
