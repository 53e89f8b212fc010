-- One row per feed fetched since $since, feeds in trouble first.
SELECT
    feed_id AS feed,
    health,
    last_outcome AS answer,
    article_count AS articles,
    replace(coalesce(last_error, last_bozo, ''), 'feed ''' || feed_id || ''': ', '') AS why
FROM feed_health
WHERE last_fetch_at >= $since
ORDER BY health = 'ok', feed_id;
