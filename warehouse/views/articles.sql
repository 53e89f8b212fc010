-- One row per article, in its newest version.
CREATE OR REPLACE VIEW articles AS
WITH newest AS (
    SELECT article_id, max(version) AS version FROM store.articles GROUP BY article_id
),
read AS (
    SELECT
        article_id, version,
        arg_max(event_count, extracted_at) AS event_count,
        arg_max(extractor_version, extracted_at) AS extractor_version,
        arg_max(reject, extracted_at) AS reject
    FROM store.extractions
    GROUP BY article_id, version
)
SELECT
    held.article_id,
    held.version,
    held.feed_id,
    coalesce(nullif(feed.publisher, ''), held.feed_id) AS publisher,
    held.title,
    kept.text,
    held.text_length,
    held.text_source,
    held.url,
    held.canonical_url,
    held.guid,
    held.language,
    held.published_at,
    held.date_flag,
    held.updated_at,
    held.first_seen_at,
    held.fetched_at,
    copies.group_id AS copy_group,
    read.event_count,
    CASE
        WHEN read.version IS NULL AND held.language <> 'en' AND held.language NOT LIKE 'en-%'
            THEN 'language ''' || held.language || ''' is not read'
        ELSE read.reject
    END AS reject,
    read.extractor_version,
    held.text_digest
FROM store.articles AS held
JOIN newest ON newest.article_id = held.article_id AND newest.version = held.version
LEFT JOIN store.article_texts AS kept
    ON kept.article_id = held.article_id AND kept.version = held.version
LEFT JOIN store.feeds AS feed ON feed.feed_id = held.feed_id
LEFT JOIN store.article_copies AS copies ON copies.article_id = held.article_id
LEFT JOIN read ON read.article_id = held.article_id AND read.version = held.version;

COMMENT ON VIEW articles IS 'One row per article, in its newest version.';
COMMENT ON COLUMN articles.article_id IS 'Id of the article.';
COMMENT ON COLUMN articles.version IS 'Version of its text, from 1; the publisher''s edits make further ones.';
COMMENT ON COLUMN articles.feed_id IS 'Feed it came from, by the operator''s name.';
COMMENT ON COLUMN articles.publisher IS 'Publisher of that feed.';
COMMENT ON COLUMN articles.title IS 'Title, plain text.';
COMMENT ON COLUMN articles.text IS 'Clean text; NULL once retention has dropped it.';
COMMENT ON COLUMN articles.text_length IS 'Length of the text in code points.';
COMMENT ON COLUMN articles.text_source IS 'Where the text is from: feed, page or archive.';
COMMENT ON COLUMN articles.url IS 'Address as the feed gives it.';
COMMENT ON COLUMN articles.canonical_url IS 'Address without tracking, by which copies in several feeds are known.';
COMMENT ON COLUMN articles.guid IS 'The feed''s own id of the entry.';
COMMENT ON COLUMN articles.language IS 'ISO 639-1 code; NULL when unknown.';
COMMENT ON COLUMN articles.published_at IS 'The publisher''s claim, UTC; may be NULL, in the future or wrong.';
COMMENT ON COLUMN articles.date_flag IS 'What is odd about that claim; NULL when nothing is.';
COMMENT ON COLUMN articles.updated_at IS 'When the publisher says it was changed, UTC.';
COMMENT ON COLUMN articles.first_seen_at IS 'When its first version reached us, UTC.';
COMMENT ON COLUMN articles.fetched_at IS 'When this version reached us, UTC.';
COMMENT ON COLUMN articles.copy_group IS 'Articles that are copies of one text share it; NULL when it is no copy.';
COMMENT ON COLUMN articles.event_count IS 'Mentions found in this version; NULL while not read.';
COMMENT ON COLUMN articles.reject IS 'Why the extractor refused it, its language among the reasons; NULL when it was read or still waits.';
COMMENT ON COLUMN articles.extractor_version IS 'Version of the extractor that read it last.';
COMMENT ON COLUMN articles.text_digest IS 'Digest of title and text.';
