-- One row per extraction held of an article version of the batch, by whatever extractor.
SELECT held.article_id, held.version, held.extractor_version
FROM store.extractions AS held
SEMI JOIN extraction_batch AS given
    ON given.article_id = held.article_id AND given.version = held.version;
