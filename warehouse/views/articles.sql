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
COMMENT ON COLUMN articles.version IS 'Version of the text, from 1; each edit by the publisher adds one.';
COMMENT ON COLUMN articles.feed_id IS 'Feed it came from; id in the operator''s list.';
COMMENT ON COLUMN articles.publisher IS 'Publisher of that feed; the feed_id when none is given.';
COMMENT ON COLUMN articles.title IS 'Title as plain text.';
COMMENT ON COLUMN articles.text IS 'Clean text; NULL after retention deleted it.';
COMMENT ON COLUMN articles.text_length IS 'Length of the text in Unicode code points.';
COMMENT ON COLUMN articles.text_source IS 'Where the text came from: feed, page or archive.';
COMMENT ON COLUMN articles.url IS 'Address as given by the feed.';
COMMENT ON COLUMN articles.canonical_url IS 'Address without tracking parameters; identifies the same page across feeds.';
COMMENT ON COLUMN articles.guid IS 'Entry id given by the feed.';
COMMENT ON COLUMN articles.language IS 'Language of the text, ISO 639-1; NULL when unknown.';
COMMENT ON COLUMN articles.published_at IS 'Publication time that the publisher states, UTC; may be NULL, wrong or in the future.';
COMMENT ON COLUMN articles.date_flag IS 'What is wrong with published_at; NULL when nothing is.';
COMMENT ON COLUMN articles.updated_at IS 'Time of the last change that the publisher states, UTC.';
COMMENT ON COLUMN articles.first_seen_at IS 'When the first version reached us, UTC.';
COMMENT ON COLUMN articles.fetched_at IS 'When this version reached us, UTC.';
COMMENT ON COLUMN articles.copy_group IS 'Id shared by all copies of one text; NULL when it has no copies.';
COMMENT ON COLUMN articles.event_count IS 'Mentions that this version tells; NULL before extraction.';
COMMENT ON COLUMN articles.reject IS 'Why the extractor refused the text (also: its language); NULL when it was extracted or still waits.';
COMMENT ON COLUMN articles.extractor_version IS 'Version of the extractor that read it last.';
COMMENT ON COLUMN articles.text_digest IS 'Digest of title and text.';
