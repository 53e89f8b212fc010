-- One row per feed, those in trouble first.
SELECT *
FROM feed_health
ORDER BY
    CASE health
        WHEN 'failing' THEN 0 WHEN 'malformed' THEN 1 WHEN 'silent' THEN 2 WHEN 'ok' THEN 3
        WHEN 'never asked' THEN 4 ELSE 5
    END,
    article_count DESC, feed_id
LIMIT $most_feeds
