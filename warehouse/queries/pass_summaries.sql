-- One row per feed with articles first seen since $since: how many, and how many hold a summary
-- only (shorter than $short characters, text from the feed).
SELECT
    feed_id,
    count(*) AS article_count,
    count(*) FILTER (text_source = 'feed' AND text_length < $short) AS summary_count
FROM articles
WHERE first_seen_at >= $since
GROUP BY feed_id;
