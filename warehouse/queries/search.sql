-- One row per article that contains a word of $words, best first.
SELECT round(score, 2) AS score, feed_id AS feed, published_at, title, article_id
FROM search_articles($words)
ORDER BY score DESC, article_id
LIMIT $row_limit;
