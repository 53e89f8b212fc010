-- One row per new version of an article.
INSERT INTO store.articles BY NAME
SELECT given.* EXCLUDE (text)
FROM article_batch AS given
ANTI JOIN store.articles AS held
    ON held.article_id = given.article_id AND held.version = given.version;
