-- One row per listed feed without new articles for longer than $quiet_hours, and longer than
-- $quiet_times the 95th percentile of the gaps between its last 50 articles.
WITH brought AS (
    SELECT
        feed_id,
        first_seen_at,
        row_number() OVER (PARTITION BY feed_id ORDER BY first_seen_at DESC) AS place,
        date_diff(
            'second',
            lag(first_seen_at) OVER (PARTITION BY feed_id ORDER BY first_seen_at),
            first_seen_at
        ) AS gap_s
    FROM store.articles
    -- A clock that ran ahead must not hide a quiet feed for good.
    WHERE version = 1 AND first_seen_at <= CAST($at AS TIMESTAMPTZ)
),
usual AS (
    SELECT
        feed_id,
        max(first_seen_at) AS last_article_at,
        quantile_cont(gap_s, 0.95) FILTER (gap_s > 0) AS gap_s,
        count(*) FILTER (gap_s > 0) AS gaps
    FROM brought
    WHERE place <= 50
    GROUP BY feed_id
)
SELECT usual.feed_id, usual.last_article_at, usual.gap_s
FROM usual
JOIN store.feeds AS feed ON feed.feed_id = usual.feed_id AND feed.listed AND feed.enabled
WHERE usual.gaps >= 5
    AND date_diff('second', usual.last_article_at, CAST($at AS TIMESTAMPTZ))
        > greatest($quiet_hours * 3600, $quiet_times * usual.gap_s)
ORDER BY usual.feed_id;
