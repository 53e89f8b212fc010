-- One row: when the last new article of a listed feed reached us.
SELECT max(held.first_seen_at) AS last_article_at
FROM store.articles AS held
SEMI JOIN (FROM store.feeds WHERE listed AND enabled) AS feed ON feed.feed_id = held.feed_id;
