-- One row per article whose newest version no extractor has read, or one older than this refused,
-- and which nobody is reading; oldest first. What an older one read is read again by
-- `policywire reextract`, when asked.
WITH unread AS MATERIALIZED (
    SELECT held.article_id, held.version, held.first_seen_at
    FROM store.articles AS held
    ANTI JOIN (
        SELECT article_id, version FROM store.extractions
        WHERE extractor_version = $extractor_version OR reject IS NULL
    ) AS done ON done.article_id = held.article_id AND done.version = held.version
    WHERE held.language IS NULL OR held.language = 'en' OR held.language LIKE 'en-%'
),
waiting AS MATERIALIZED (
    SELECT unread.article_id, unread.version, unread.first_seen_at
    FROM unread
    SEMI JOIN store.article_texts AS kept
        ON kept.article_id = unread.article_id AND kept.version = unread.version
    ANTI JOIN store.leases AS leased
        ON leased.resource = 'article:' || unread.article_id AND leased.leased_until > now()
),
chosen AS (
    SELECT waiting.article_id, waiting.version, waiting.first_seen_at
    FROM waiting
    ANTI JOIN store.articles AS newer
        ON newer.article_id = waiting.article_id AND newer.version > waiting.version
    ORDER BY waiting.first_seen_at, waiting.article_id
    LIMIT $limit
)
SELECT
    held.article_id, held.version, held.feed_id, held.guid, held.url, held.canonical_url,
    held.title, kept.text, held.text_digest, held.entry_digest, held.text_source, held.language,
    held.published_at,
    held.updated_at, held.fetched_at, held.first_seen_at, held.date_flag
FROM chosen
JOIN store.articles AS held
    ON held.article_id = chosen.article_id AND held.version = chosen.version
JOIN store.article_texts AS kept
    ON kept.article_id = chosen.article_id AND kept.version = chosen.version
ORDER BY held.first_seen_at, held.article_id;
