-- What waits, kept up as it comes and goes: asking for it costs the same however much is stored.

-- One row per article whose newest version, in a language we read, waits for the extractor.
-- refused_by: the extractor version that refused it; a later one tries again.
CREATE TABLE store.unread (
    article_id VARCHAR,
    version INTEGER,
    first_seen_at TIMESTAMPTZ,
    refused_by VARCHAR
);

INSERT INTO store.unread
SELECT held.article_id, held.version, held.first_seen_at, done.refused_by
FROM (
    SELECT article_id, version, language, first_seen_at
    FROM store.articles
    QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY version DESC) = 1
) AS held
SEMI JOIN store.article_texts AS kept
    ON kept.article_id = held.article_id AND kept.version = held.version
LEFT JOIN (
    SELECT
        article_id, version,
        bool_or(reject IS NULL) AS is_read,
        arg_max(extractor_version, extracted_at) AS refused_by
    FROM store.extractions
    GROUP BY article_id, version
) AS done ON done.article_id = held.article_id AND done.version = held.version
WHERE (held.language IS NULL OR held.language = 'en' OR held.language LIKE 'en-%')
    AND NOT coalesce(done.is_read, false);

-- One row per article with mentions that are not linked yet.
CREATE TABLE store.unlinked (
    article_id VARCHAR
);

INSERT INTO store.unlinked
SELECT DISTINCT found.article_id
FROM store.event_mentions AS found
ANTI JOIN store.development_mentions AS linked
    ON linked.mention_id = found.mention_id
    AND linked.extractor_version = found.extractor_version;
