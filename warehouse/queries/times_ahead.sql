-- One row per kind of record: how many have a time more than an hour in the future.
SELECT 'articles' AS what, count(*) AS count
FROM store.articles
WHERE version = 1 AND first_seen_at > now() + INTERVAL 1 HOUR
UNION ALL
SELECT 'fetches' AS what, count(*) AS count
FROM store.fetches
WHERE started_at > now() + INTERVAL 1 HOUR
UNION ALL
SELECT 'passes' AS what, count(*) AS count
FROM store.runs
WHERE started_at > now() + INTERVAL 1 HOUR
ORDER BY what;
