-- One row per fingerprint of an article first seen from $since to $until, with its group of copies;
-- first seen first.
SELECT
    prints.article_id,
    coalesce(copies.group_id, prints.article_id) AS group_id,
    prints.fingerprint
FROM store.article_prints AS prints
LEFT JOIN store.article_copies AS copies ON copies.article_id = prints.article_id
WHERE prints.first_seen_at BETWEEN $since AND $until AND prints.fingerprint IS NOT NULL
ORDER BY prints.first_seen_at, prints.article_id;
