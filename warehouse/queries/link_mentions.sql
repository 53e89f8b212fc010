-- One row per mention that an article in article_batch tells, by its latest extraction, with what
-- linking needs: its publisher, the state that one speaks for (models.feed.Feed.speaks_for), and its
-- time (the publication time unless missing or later than first_seen_at).
SELECT
    found.* EXCLUDE (first_seen_at, published_at),
    found.first_seen_at,
    CASE
        WHEN found.published_at IS NULL OR found.published_at > found.first_seen_at
            THEN found.first_seen_at
        ELSE found.published_at
    END AS reported_at,
    coalesce(nullif(feed.publisher, ''), source.feed_id) AS publisher,
    coalesce(copies.group_id, found.article_id) AS copy_group,
    CASE WHEN starts_with(feed.category, 'official') THEN nullif(feed.country, '') END AS speaks_for
FROM (
    -- Selected by rowid: a join would read every mention in the blocks it scans.
    SELECT * FROM store.event_mentions
    WHERE rowid IN (
        SELECT held.rowid
        FROM store.event_mentions AS held
        SEMI JOIN article_batch AS wanted ON wanted.article_id = held.article_id
        WHERE held.told
    )
) AS found
SEMI JOIN (
    SELECT article_id, version, arg_max(extractor_version, extracted_at) AS extractor_version
    FROM store.extractions
    WHERE article_id IN (SELECT article_id FROM article_batch)
    GROUP BY article_id, version
) AS newest
    ON newest.article_id = found.article_id
    AND newest.version = found.article_version
    AND newest.extractor_version = found.extractor_version
JOIN store.articles AS source
    ON source.article_id = found.article_id AND source.version = found.article_version
LEFT JOIN store.feeds AS feed ON feed.feed_id = source.feed_id
LEFT JOIN store.article_copies AS copies ON copies.article_id = found.article_id;
