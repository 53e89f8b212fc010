-- One row per article of chosen_batch with a stored text; oldest first.
WITH kept AS (
    -- Selected by rowid: a join would read every text in the blocks it scans.
    SELECT article_id, version, text
    FROM store.article_texts
    WHERE rowid IN (
        SELECT held.rowid
        FROM store.article_texts AS held
        SEMI JOIN chosen_batch AS chosen
            ON chosen.article_id = held.article_id AND chosen.version = held.version
    )
)
SELECT
    held.article_id, held.version, held.feed_id, held.guid, held.url, held.canonical_url,
    held.title, kept.text, held.text_digest, held.entry_digest, held.text_source, held.language,
    held.published_at,
    held.updated_at, held.fetched_at, held.first_seen_at, held.date_flag
FROM chosen_batch AS chosen
-- The keys are enough, but the time lets the scan skip everything older than the chosen articles.
JOIN store.articles AS held
    ON held.article_id = chosen.article_id
    AND held.version = chosen.version
    AND held.first_seen_at = chosen.first_seen_at
JOIN kept ON kept.article_id = chosen.article_id AND kept.version = chosen.version
ORDER BY held.first_seen_at, held.article_id;
