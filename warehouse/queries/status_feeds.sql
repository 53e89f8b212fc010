-- One row per listed feed, worst first.
SELECT feed_id, health, failure_count, last_answer_at, last_error, last_bozo
FROM feed_health
WHERE listed AND enabled
ORDER BY
    CASE health WHEN 'failing' THEN 0 WHEN 'silent' THEN 1 WHEN 'malformed' THEN 2 ELSE 3 END,
    failure_count DESC,
    feed_id
