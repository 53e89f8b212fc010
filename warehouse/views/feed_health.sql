-- One row per feed: whether it answers, and what it delivers.
CREATE OR REPLACE VIEW feed_health AS
WITH fetched AS (
    SELECT
        feed_id,
        count(*) AS fetch_count,
        count(*) FILTER (outcome IN ('ok', 'not_modified')) AS answer_count,
        max(started_at) AS last_fetch_at,
        max(started_at) FILTER (outcome IN ('ok', 'not_modified')) AS last_answer_at,
        arg_max(outcome, started_at) AS last_outcome,
        arg_max_null(error, started_at) AS last_error,
        -- An answer 304 has no body: the verdict on the last body stays until the next one.
        arg_max_null(bozo, started_at) FILTER (outcome <> 'not_modified' AND outcome <> 'skipped')
            AS last_bozo,
        nullif(
            array_to_string(
                arg_max_null(notes, started_at)
                    FILTER (outcome <> 'not_modified' AND outcome <> 'skipped'),
                '; '
            ),
            ''
        ) AS last_notes,
        arg_max(replaced_share, started_at) FILTER (outcome = 'ok') AS replaced_share,
        median(duration_s) AS median_duration_s,
        sum(body_bytes) AS body_bytes,
        count(*) FILTER (outcome = 'not_modified') AS not_modified_count
    FROM store.fetches
    -- A clock that ran ahead left fetches in the future; they say nothing about today.
    WHERE started_at <= now() + INTERVAL 1 HOUR
    GROUP BY feed_id
),
delivered AS (
    SELECT
        feed_id,
        count(*) AS article_count,
        max(first_seen_at) AS last_article_at,
        median(date_diff('minute', published_at, first_seen_at))
            FILTER (published_at <= first_seen_at) AS median_lag_minutes
    FROM store.articles
    WHERE version = 1
    GROUP BY feed_id
),
mentions AS (
    SELECT source.feed_id, count(*) AS mention_count
    FROM store.event_mentions AS found
    JOIN store.articles AS source
        ON source.article_id = found.article_id AND source.version = found.article_version
    WHERE found.told
    GROUP BY source.feed_id
)
SELECT
    feed.feed_id,
    feed.name,
    feed.publisher,
    feed.url,
    feed.listed,
    feed.enabled,
    CASE
        WHEN state.retired THEN 'retired'
        WHEN NOT coalesce(feed.listed, false) THEN 'unlisted'
        WHEN NOT feed.enabled THEN 'disabled'
        WHEN fetched.fetch_count IS NULL THEN 'never asked'
        WHEN fetched.last_outcome NOT IN ('ok', 'not_modified', 'skipped') THEN 'failing'
        WHEN fetched.last_bozo IS NOT NULL THEN 'malformed'
        WHEN delivered.article_count IS NULL THEN 'silent'
        ELSE 'ok'
    END AS health,
    fetched.last_outcome,
    fetched.last_error,
    fetched.last_bozo,
    fetched.last_notes,
    fetched.replaced_share,
    coalesce(state.failure_count, 0) AS failure_count,
    fetched.last_fetch_at,
    fetched.last_answer_at,
    state.next_check_at,
    coalesce(fetched.fetch_count, 0) AS fetch_count,
    coalesce(fetched.answer_count, 0) AS answer_count,
    coalesce(fetched.not_modified_count, 0) AS not_modified_count,
    fetched.median_duration_s,
    coalesce(fetched.body_bytes, 0) AS body_bytes,
    coalesce(delivered.article_count, 0) AS article_count,
    coalesce(mentions.mention_count, 0) AS mention_count,
    delivered.last_article_at,
    delivered.median_lag_minutes
FROM store.feeds AS feed
LEFT JOIN store.feed_states AS state ON state.feed_id = feed.feed_id
LEFT JOIN fetched ON fetched.feed_id = feed.feed_id
LEFT JOIN delivered ON delivered.feed_id = feed.feed_id
LEFT JOIN mentions ON mentions.feed_id = feed.feed_id;

COMMENT ON VIEW feed_health IS 'One row per feed: whether it answers, and what it delivers.';
COMMENT ON COLUMN feed_health.feed_id IS 'Id in the operator''s list.';
COMMENT ON COLUMN feed_health.name IS 'Display name.';
COMMENT ON COLUMN feed_health.publisher IS 'Publisher of the feed.';
COMMENT ON COLUMN feed_health.url IS 'Address in the operator''s list.';
COMMENT ON COLUMN feed_health.listed IS 'True when the feed is on the operator''s list now.';
COMMENT ON COLUMN feed_health.enabled IS 'True when the feed is enabled there.';
COMMENT ON COLUMN feed_health.health IS 'ok, malformed (still read), silent, failing, never asked, disabled, unlisted or retired.';
COMMENT ON COLUMN feed_health.last_outcome IS 'Outcome of the last fetch.';
COMMENT ON COLUMN feed_health.last_error IS 'Error of the last fetch, in words; NULL when there was none.';
COMMENT ON COLUMN feed_health.last_bozo IS 'What was malformed or cut off in the last body that was read; NULL when nothing was.';
COMMENT ON COLUMN feed_health.last_notes IS 'Remarks on the last body that was read or fetch that failed, such as redirects, repairs and missing pages; NULL when there are none.';
COMMENT ON COLUMN feed_health.replaced_share IS 'Share of characters in the last body that could not be decoded, from 0 to 1; NULL before the first body.';
COMMENT ON COLUMN feed_health.failure_count IS 'Consecutive failures.';
COMMENT ON COLUMN feed_health.last_fetch_at IS 'Last fetch, UTC.';
COMMENT ON COLUMN feed_health.last_answer_at IS 'Last successful answer, with or without new content, UTC.';
COMMENT ON COLUMN feed_health.next_check_at IS 'When the feed is due again, UTC.';
COMMENT ON COLUMN feed_health.fetch_count IS 'Fetches so far.';
COMMENT ON COLUMN feed_health.answer_count IS 'Successful answers so far.';
COMMENT ON COLUMN feed_health.not_modified_count IS 'Answers with HTTP status 304 (not modified, no body).';
COMMENT ON COLUMN feed_health.median_duration_s IS 'Median duration of a fetch, in seconds.';
COMMENT ON COLUMN feed_health.body_bytes IS 'Total size of the bodies received, in bytes.';
COMMENT ON COLUMN feed_health.article_count IS 'Articles first seen in this feed.';
COMMENT ON COLUMN feed_health.mention_count IS 'Mentions that its articles tell.';
COMMENT ON COLUMN feed_health.last_article_at IS 'When its last new article reached us, UTC.';
COMMENT ON COLUMN feed_health.median_lag_minutes IS 'Median delay from publication until an article reaches us, in minutes.';
