-- One row per article that waits for the extractor and nobody is reading, oldest first; `dead` where
-- somebody was and does so no more. What an older extractor read is read again by `policywire
-- reextract`, when asked. A lease of more than two hours was taken by a clock that was ahead.
WITH waiting AS MATERIALIZED (
    SELECT
        unread.article_id, unread.version, unread.first_seen_at,
        leased.resource IS NOT NULL AS dead
    FROM store.unread AS unread
    LEFT JOIN store.leases AS leased ON leased.resource = 'article:' || unread.article_id
    WHERE unread.refused_by IS DISTINCT FROM $extractor_version
        AND coalesce(leased.leased_until NOT BETWEEN now() AND now() + INTERVAL 2 HOUR, true)
)
FROM waiting
ORDER BY first_seen_at, article_id
LIMIT (SELECT least($limit, greatest($fewest, count(*) // $shares)) FROM waiting);
