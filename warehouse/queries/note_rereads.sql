-- One row per article version of the batch that was read before; its old mentions are superseded.
INSERT INTO store.rereads BY NAME
SELECT DISTINCT given.article_id, given.version
FROM extraction_batch AS given
SEMI JOIN store.extractions AS older
    ON older.article_id = given.article_id AND older.version = given.version;
