-- One row per article of the batch that is held already: by guid in its feed, else by canonical
-- URL, else (where it has neither) by its text in the feed.
WITH hits AS (
    SELECT given.position, 1 AS rule, held.article_id
    FROM key_batch AS given
    JOIN store.articles AS held ON held.guid = given.guid AND held.feed_id = given.feed_id
    UNION ALL
    SELECT given.position, 2 AS rule, held.article_id
    FROM key_batch AS given
    JOIN store.articles AS held ON held.canonical_url = given.canonical_url
    UNION ALL
    SELECT given.position, 3 AS rule, held.article_id
    FROM key_batch AS given
    JOIN store.articles AS held
        ON held.entry_digest = given.entry_digest AND held.feed_id = given.feed_id
),
best AS (
    SELECT position, arg_min(article_id, (rule, article_id)) AS article_id
    FROM hits
    GROUP BY position
),
versions AS (
    SELECT
        held.article_id,
        arg_min(held.feed_id, held.version) AS feed_id,
        max(held.version) AS version,
        min(held.first_seen_at) AS first_seen_at,
        arg_max(held.text_length, held.version) AS text_length,
        list(held.entry_digest) AS digests
    FROM store.articles AS held
    SEMI JOIN best ON best.article_id = held.article_id
    GROUP BY held.article_id
)
SELECT
    best.position, best.article_id, versions.feed_id, versions.version, versions.first_seen_at,
    versions.text_length, versions.digests
FROM best
JOIN versions ON versions.article_id = best.article_id
ORDER BY best.position;
