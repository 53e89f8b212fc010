-- One row per article of the batch and stored article with a common key, at most 20 for each:
-- guid within the feed, canonical URL, URL as given, or (without guid and URL) the text within the
-- feed. Articles with exactly the same text come first.
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
    JOIN store.articles AS held ON held.url = given.url AND held.feed_id = given.feed_id
    UNION ALL
    SELECT given.position, 4 AS rule, held.article_id
    FROM key_batch AS given
    JOIN store.articles AS held
        ON held.entry_digest = given.entry_digest AND held.feed_id = given.feed_id
    WHERE given.bare
),
likely AS (
    SELECT position, article_id, min(rule) AS rule
    FROM hits
    GROUP BY position, article_id
),
versions AS (
    SELECT
        held.article_id,
        arg_min(held.feed_id, held.version) AS feed_id,
        arg_max(held.guid, held.version) AS guid,
        arg_max(held.url, held.version) AS url,
        arg_max(held.canonical_url, held.version) AS canonical_url,
        arg_max(held.title, held.version) AS title,
        arg_max(held.published_at, held.version) AS published_at,
        max(held.version) AS version,
        min(held.first_seen_at) AS first_seen_at,
        arg_max(held.text_length, held.version) AS text_length,
        list(held.entry_digest) AS digests
    FROM store.articles AS held
    SEMI JOIN likely ON likely.article_id = held.article_id
    GROUP BY held.article_id
)
SELECT likely.position, versions.*
FROM likely
JOIN versions ON versions.article_id = likely.article_id
JOIN key_batch AS given ON given.position = likely.position
QUALIFY row_number() OVER (
    PARTITION BY likely.position
    ORDER BY
        list_contains(versions.digests, given.entry_digest) DESC, likely.rule,
        versions.first_seen_at DESC, versions.article_id
) <= 20
ORDER BY
    likely.position, list_contains(versions.digests, given.entry_digest) DESC, likely.rule,
    versions.first_seen_at DESC, versions.article_id;
