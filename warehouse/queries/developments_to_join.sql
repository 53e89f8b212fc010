-- One row per standing development whose tickers were not worked out for its newest revision.
WITH latest AS (
    SELECT development_id, max(revision) AS revision
    FROM store.developments
    GROUP BY development_id
)
SELECT
    held.* EXCLUDE (digest, retracted, superseded_by),
    lead.sentence, lead.source_type, lead.extractor_version, source.title
FROM store.developments AS held
JOIN latest
    ON latest.development_id = held.development_id AND latest.revision = held.revision
ANTI JOIN store.ticker_passes AS done
    ON done.development_id = held.development_id AND done.revision = held.revision
LEFT JOIN store.event_mentions AS lead ON lead.mention_id = held.lead_mention_id
LEFT JOIN store.articles AS source
    ON source.article_id = lead.article_id AND source.version = lead.article_version
WHERE NOT held.retracted
QUALIFY row_number() OVER (PARTITION BY held.development_id ORDER BY lead.extracted_at DESC) = 1
ORDER BY held.first_seen_at, held.development_id
LIMIT $limit;
