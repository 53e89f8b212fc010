-- One row: how many texts drop_texts.sql would delete.
SELECT count(*)
FROM store.article_texts AS kept
SEMI JOIN store.extractions AS read
    ON read.article_id = kept.article_id AND read.version = kept.version
JOIN store.articles AS held
    ON held.article_id = kept.article_id AND held.version = kept.version
WHERE held.first_seen_at < $before;
