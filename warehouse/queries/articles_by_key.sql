-- One row per article version of key_batch with a stored text; earliest first.
SELECT
    held.article_id, held.version, held.feed_id, held.guid, held.url, held.canonical_url,
    held.title, kept.text, held.text_digest, held.entry_digest, held.text_source, held.language,
    held.published_at,
    held.updated_at, held.fetched_at, held.first_seen_at, held.date_flag
FROM store.articles AS held
SEMI JOIN key_batch AS given
    ON given.article_id = held.article_id AND given.version = held.version
JOIN store.article_texts AS kept
    ON kept.article_id = held.article_id AND kept.version = held.version
ORDER BY held.first_seen_at, held.article_id;
