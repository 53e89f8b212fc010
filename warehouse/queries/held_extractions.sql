-- One row per stored extraction of an article version of the batch, by any extractor.
SELECT held.article_id, held.version, held.extractor_version
FROM store.extractions AS held
SEMI JOIN extraction_batch AS given
    ON given.article_id = held.article_id AND given.version = held.version;
