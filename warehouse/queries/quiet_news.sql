-- One row per development of wanted_batch that only backfilled articles report.
SELECT linked.development_id
FROM store.development_mentions AS linked
SEMI JOIN wanted_batch AS wanted ON wanted.development_id = linked.development_id
JOIN store.event_mentions AS found
    ON found.mention_id = linked.mention_id
    AND found.extractor_version = linked.extractor_version
LEFT JOIN store.quiet_reports AS quiet
    ON quiet.article_id = found.article_id AND quiet.version = found.article_version
GROUP BY linked.development_id
HAVING bool_and(quiet.article_id IS NOT NULL);
