-- One row per article that waits for the extractor and has no lease, oldest first; `dead` when its
-- lease expired. Texts that an older extractor read are read again only by `policywire reextract`.
-- A lease that ends more than two hours from now was taken by a clock that ran ahead.
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
LIMIT (SELECT least($limit, greatest($fewest, count(*) // $parts)) FROM waiting);
