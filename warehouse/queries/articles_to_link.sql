-- One row per article with an unlinked mention that it tells; earliest reports first, until they hold at least
-- $limit mentions; all articles when $limit is NULL.
WITH waiting AS (
    SELECT
        found.article_id,
        min(coalesce(least(found.published_at, found.first_seen_at), found.first_seen_at))
            AS reported_at,
        count(*) AS mention_count
    FROM store.event_mentions AS found
    SEMI JOIN store.unlinked AS listed ON listed.article_id = found.article_id
    ANTI JOIN store.development_mentions AS linked
        ON linked.mention_id = found.mention_id
        AND linked.extractor_version = found.extractor_version
    -- Mentions of an older extractor stay unlinked after the text was read again.
    ANTI JOIN (
        SELECT article_id, version, arg_max(extractor_version, extracted_at) AS extractor_version
        FROM store.extractions
        WHERE article_id IN (SELECT article_id FROM store.unlinked)
        GROUP BY article_id, version
        HAVING count(*) > 1
    ) AS newest
        ON newest.article_id = found.article_id
        AND newest.version = found.article_version
        AND newest.extractor_version <> found.extractor_version
    WHERE found.told
    GROUP BY found.article_id
),
counted AS (
    SELECT
        article_id, reported_at,
        sum(mention_count) OVER (
            ORDER BY reported_at, article_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS earlier_count
    FROM waiting
)
SELECT article_id FROM counted
WHERE $limit IS NULL OR coalesce(earlier_count, 0) < $limit
ORDER BY reported_at, article_id;
