-- Deletes links of mentions that a later extraction of their text replaced.
DELETE FROM store.development_mentions
WHERE (mention_id, extractor_version) IN (
    SELECT (found.mention_id, found.extractor_version)
    FROM store.event_mentions AS found
    SEMI JOIN store.rereads AS again
        ON again.article_id = found.article_id AND again.version = found.article_version
    ANTI JOIN (
        SELECT article_id, version, arg_max(extractor_version, extracted_at) AS extractor_version
        FROM store.extractions
        WHERE article_id IN (SELECT article_id FROM store.rereads)
        GROUP BY article_id, version
    ) AS newest
        ON newest.article_id = found.article_id
        AND newest.version = found.article_version
        AND newest.extractor_version = found.extractor_version
    WHERE found.told
);
