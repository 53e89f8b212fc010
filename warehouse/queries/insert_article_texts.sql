-- One row per new version with a text.
INSERT INTO store.article_texts BY NAME
SELECT given.article_id, given.version, given.text
FROM article_batch AS given
ANTI JOIN store.article_texts AS held
    ON held.article_id = given.article_id AND held.version = given.version;
