-- Articles of which the latest reading's mentions are all linked.
DELETE FROM store.unlinked
WHERE article_id NOT IN (
    SELECT found.article_id
    FROM store.event_mentions AS found
    SEMI JOIN store.unlinked AS waiting ON waiting.article_id = found.article_id
    ANTI JOIN store.development_mentions AS linked
        ON linked.mention_id = found.mention_id
        AND linked.extractor_version = found.extractor_version
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
);
