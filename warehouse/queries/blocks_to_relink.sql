-- One row per block with a review decision not applied yet, or with mentions of a re-read text;
-- with the time of the first report concerned.
SELECT touched.block, min(touched.reported_at) AS since
FROM (
    SELECT pinned.block, linked.reported_at
    FROM store.pins AS pinned
    JOIN store.review_decisions AS ruled
        ON ruled.decision_id = pinned.decision_id AND NOT ruled.applied
    JOIN store.development_mentions AS linked ON linked.mention_id = pinned.mention_id
    UNION ALL
    SELECT held.block, linked.reported_at
    FROM store.development_mentions AS linked
    JOIN store.development_states AS held ON held.development_id = linked.development_id
    SEMI JOIN store.rereads AS again ON again.article_id = linked.article_id
) AS touched
GROUP BY touched.block;
