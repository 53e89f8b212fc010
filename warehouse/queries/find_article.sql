-- One row: the newest version of one article with its text, by its id or a prefix of it.
SELECT
    held.article_id, held.version, held.feed_id, held.guid, held.url, held.canonical_url,
    held.title, kept.text, held.text_digest, held.entry_digest, held.text_source, held.language,
    held.published_at,
    held.updated_at, held.fetched_at, held.first_seen_at, held.date_flag
FROM store.articles AS held
LEFT JOIN store.article_texts AS kept
    ON kept.article_id = held.article_id AND kept.version = held.version
WHERE starts_with(held.article_id, $article_id)
QUALIFY row_number() OVER (PARTITION BY held.article_id ORDER BY held.version DESC) = 1
ORDER BY held.article_id
LIMIT 2;
