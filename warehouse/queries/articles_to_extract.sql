-- One row per article that waits for the extractor and nobody is reading; oldest first. What an
-- older extractor read is read again by `policywire reextract`, when asked.
WITH waiting AS MATERIALIZED (
    SELECT unread.article_id, unread.version, unread.first_seen_at
    FROM store.unread AS unread
    ANTI JOIN store.leases AS leased
        ON leased.resource = 'article:' || unread.article_id AND leased.leased_until > now()
    WHERE unread.refused_by IS DISTINCT FROM $extractor_version
),
chosen AS MATERIALIZED (
    FROM waiting
    ORDER BY first_seen_at, article_id
    LIMIT (SELECT least($limit, greatest($fewest, count(*) // $shares)) FROM waiting)
),
-- Picked by row: a join reads every text it passes.
kept AS (
    SELECT article_id, version, text
    FROM store.article_texts
    WHERE rowid IN (
        SELECT held.rowid
        FROM store.article_texts AS held
        SEMI JOIN chosen
            ON chosen.article_id = held.article_id AND chosen.version = held.version
    )
)
SELECT
    held.article_id, held.version, held.feed_id, held.guid, held.url, held.canonical_url,
    held.title, kept.text, held.text_digest, held.entry_digest, held.text_source, held.language,
    held.published_at,
    held.updated_at, held.fetched_at, held.first_seen_at, held.date_flag
FROM chosen
-- The time, though the keys would do: it lets the scan pass over what is older than all chosen.
JOIN store.articles AS held
    ON held.article_id = chosen.article_id
    AND held.version = chosen.version
    AND held.first_seen_at = chosen.first_seen_at
JOIN kept ON kept.article_id = chosen.article_id AND kept.version = chosen.version
ORDER BY held.first_seen_at, held.article_id;
