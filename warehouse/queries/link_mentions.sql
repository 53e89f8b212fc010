-- One row per mention of the articles in article_batch, with what linking needs of its article:
-- when it was reported (the publisher's time unless it is missing or later than we saw it), by whom.
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
    coalesce(feed.trust_tier = 1, false) AS official
FROM store.event_mentions AS found
SEMI JOIN article_batch AS wanted ON wanted.article_id = found.article_id
JOIN store.articles AS source
    ON source.article_id = found.article_id AND source.version = found.article_version
LEFT JOIN store.feeds AS feed ON feed.feed_id = source.feed_id
LEFT JOIN store.article_copies AS copies ON copies.article_id = found.article_id;
