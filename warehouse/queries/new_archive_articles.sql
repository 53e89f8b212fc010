-- One row per article of key_batch that is stored under the given id.
SELECT held.article_id
FROM store.articles AS held
SEMI JOIN key_batch AS given ON given.article_id = held.article_id
WHERE held.version = 1;
