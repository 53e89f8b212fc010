-- Deletes texts of article versions first seen before $before that an extractor has read.
DELETE FROM store.article_texts
WHERE (article_id, version) IN (
    SELECT (held.article_id, held.version)
    FROM store.articles AS held
    SEMI JOIN store.extractions AS read
        ON read.article_id = held.article_id AND read.version = held.version
    WHERE held.first_seen_at < $before
);
