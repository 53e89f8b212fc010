-- One row per standing development whose tickers were not worked out for its newest revision.
WITH latest AS (
    SELECT development_id, max(revision) AS revision
    FROM store.developments
    GROUP BY development_id
)
SELECT
    held.* EXCLUDE (digest, retracted, superseded_by),
    lead.sentence, lead.source_type, source.title
FROM store.developments AS held
JOIN latest
    ON latest.development_id = held.development_id AND latest.revision = held.revision
ANTI JOIN store.ticker_passes AS done
    ON done.development_id = held.development_id AND done.revision = held.revision
LEFT JOIN store.event_mentions AS lead
    ON lead.mention_id = held.lead_mention_id
    AND lead.extractor_version = held.extractor_version
LEFT JOIN store.articles AS source
    ON source.article_id = held.article_id AND source.version = held.article_version
WHERE NOT held.retracted
ORDER BY held.first_seen_at, held.development_id
LIMIT $limit;
