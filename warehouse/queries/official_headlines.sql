-- One row per article of an official feed in one of $languages, newest first; at most $most.
SELECT
    held.language, held.first_seen_at, coalesce(nullif(feed.publisher, ''), held.feed_id) AS publisher,
    held.title, coalesce(held.url, held.canonical_url) AS url, held.article_id
FROM articles AS held
JOIN store.feeds AS feed ON feed.feed_id = held.feed_id
WHERE list_contains($languages::VARCHAR[], held.language)
    AND starts_with(feed.category, 'official')
    AND held.title <> ''
ORDER BY held.first_seen_at DESC, held.article_id
LIMIT $most;
