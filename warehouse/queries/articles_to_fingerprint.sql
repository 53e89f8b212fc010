-- One row per article without a fingerprint, first seen first.
SELECT held.article_id, held.first_seen_at, kept.text
FROM store.articles AS held
JOIN store.article_texts AS kept
    ON kept.article_id = held.article_id AND kept.version = held.version
ANTI JOIN store.article_prints AS done ON done.article_id = held.article_id
WHERE held.version = 1
ORDER BY held.first_seen_at, held.article_id
LIMIT $limit;
