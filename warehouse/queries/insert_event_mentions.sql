-- One row per mention; its times are those of the article version that contains it.
INSERT INTO store.event_mentions BY NAME
SELECT
    given.*,
    CASE WHEN source.version = 1 THEN source.first_seen_at ELSE source.fetched_at END
        AS first_seen_at,
    source.published_at
FROM mention_batch AS given
JOIN store.articles AS source
    ON source.article_id = given.article_id AND source.version = given.article_version;
