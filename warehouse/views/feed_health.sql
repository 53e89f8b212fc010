-- One row per feed: whether it answers, and what it brings.
CREATE OR REPLACE VIEW feed_health AS
WITH asked AS (
    SELECT
        feed_id,
        count(*) AS fetch_count,
        count(*) FILTER (outcome IN ('ok', 'not_modified')) AS answer_count,
        max(started_at) AS last_fetch_at,
        max(started_at) FILTER (outcome IN ('ok', 'not_modified')) AS last_answer_at,
        arg_max(outcome, started_at) AS last_outcome,
        arg_max_null(error, started_at) AS last_error,
        -- An answer 304 says nothing of the body: what it was stands until the next one.
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
        median(duration_s) AS median_duration_s,
        sum(body_bytes) AS body_bytes,
        count(*) FILTER (outcome = 'not_modified') AS not_modified_count
    FROM store.fetches
    -- A clock that was ahead leaves attempts in the future; they tell nothing of today.
    WHERE started_at <= now() + INTERVAL 1 HOUR
    GROUP BY feed_id
),
brought AS (
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
told AS (
    SELECT source.feed_id, count(*) AS mention_count
    FROM store.event_mentions AS found
    JOIN store.articles AS source
        ON source.article_id = found.article_id AND source.version = found.article_version
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
        WHEN asked.fetch_count IS NULL THEN 'never asked'
        WHEN asked.last_outcome NOT IN ('ok', 'not_modified', 'skipped') THEN 'failing'
        WHEN asked.last_bozo IS NOT NULL THEN 'malformed'
        WHEN brought.article_count IS NULL THEN 'silent'
        ELSE 'ok'
    END AS health,
    asked.last_outcome,
    asked.last_error,
    asked.last_bozo,
    asked.last_notes,
    coalesce(state.failure_count, 0) AS failure_count,
    asked.last_fetch_at,
    asked.last_answer_at,
    state.next_check_at,
    coalesce(asked.fetch_count, 0) AS fetch_count,
    coalesce(asked.answer_count, 0) AS answer_count,
    coalesce(asked.not_modified_count, 0) AS not_modified_count,
    asked.median_duration_s,
    coalesce(asked.body_bytes, 0) AS body_bytes,
    coalesce(brought.article_count, 0) AS article_count,
    coalesce(told.mention_count, 0) AS mention_count,
    brought.last_article_at,
    brought.median_lag_minutes
FROM store.feeds AS feed
LEFT JOIN store.feed_states AS state ON state.feed_id = feed.feed_id
LEFT JOIN asked ON asked.feed_id = feed.feed_id
LEFT JOIN brought ON brought.feed_id = feed.feed_id
LEFT JOIN told ON told.feed_id = feed.feed_id;

COMMENT ON VIEW feed_health IS 'One row per feed: whether it answers, and what it brings.';
COMMENT ON COLUMN feed_health.feed_id IS 'The operator''s name for it.';
COMMENT ON COLUMN feed_health.name IS 'Its name for people.';
COMMENT ON COLUMN feed_health.publisher IS 'Who publishes it.';
COMMENT ON COLUMN feed_health.url IS 'Its address in the operator''s list.';
COMMENT ON COLUMN feed_health.listed IS 'Is it on the operator''s list now?';
COMMENT ON COLUMN feed_health.enabled IS 'Is it switched on there?';
COMMENT ON COLUMN feed_health.health IS 'ok, malformed (read all the same), silent, failing, never asked, disabled, unlisted or retired.';
COMMENT ON COLUMN feed_health.last_outcome IS 'How the last attempt ended.';
COMMENT ON COLUMN feed_health.last_error IS 'What went wrong in it, for a person; NULL when nothing did.';
COMMENT ON COLUMN feed_health.last_bozo IS 'What was malformed or cut in the last answer that was read; NULL when nothing was.';
COMMENT ON COLUMN feed_health.last_notes IS 'Remarks on the last answer that was read or attempt that failed: redirects, repairs, pages that could not be had; NULL when there are none.';
COMMENT ON COLUMN feed_health.failure_count IS 'Failures in a row.';
COMMENT ON COLUMN feed_health.last_fetch_at IS 'Last attempt, UTC.';
COMMENT ON COLUMN feed_health.last_answer_at IS 'Last answer, new content or not, UTC.';
COMMENT ON COLUMN feed_health.next_check_at IS 'When it is due again, UTC.';
COMMENT ON COLUMN feed_health.fetch_count IS 'Attempts so far.';
COMMENT ON COLUMN feed_health.answer_count IS 'Answers so far.';
COMMENT ON COLUMN feed_health.not_modified_count IS 'Answers 304: nothing new and nothing sent.';
COMMENT ON COLUMN feed_health.median_duration_s IS 'How long an attempt takes, in seconds.';
COMMENT ON COLUMN feed_health.body_bytes IS 'Bytes received.';
COMMENT ON COLUMN feed_health.article_count IS 'Articles first seen in it.';
COMMENT ON COLUMN feed_health.mention_count IS 'Mentions found in its articles.';
COMMENT ON COLUMN feed_health.last_article_at IS 'When its last new article reached us, UTC.';
COMMENT ON COLUMN feed_health.median_lag_minutes IS 'How long after publication its articles reach us.';
