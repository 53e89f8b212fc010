-- One row per standing development whose tickers were not worked out for its newest revision and
-- nobody is at: the mention that leads it, with the values all its reports gave, and the text that
-- mention stands in.
WITH latest AS (
    SELECT development_id, max(revision) AS revision
    FROM store.developments
    GROUP BY development_id
),
waiting AS MATERIALIZED (
    SELECT held.*
    FROM store.developments AS held
    JOIN latest
        ON latest.development_id = held.development_id AND latest.revision = held.revision
    ANTI JOIN store.ticker_passes AS done
        ON done.development_id = held.development_id AND done.revision = held.revision
    ANTI JOIN store.leases AS leased
        ON leased.resource = 'development:' || held.development_id AND leased.leased_until > now()
    WHERE NOT held.retracted
),
chosen AS MATERIALIZED (
    FROM waiting
    ORDER BY article_id, first_seen_at, development_id
    LIMIT (SELECT least($limit, greatest($fewest, count(*) // $shares)) FROM waiting)
)
SELECT
    held.development_id,
    held.revision,
    lead.* REPLACE (
        held.type AS type,
        held.status AS status,
        held.status_target AS status_target,
        held.factuality AS factuality,
        held.polarity AS polarity,
        held.actors AS actors,
        held.targets AS targets,
        held.commodities AS commodities,
        held.companies AS company_texts
    ),
    source.title,
    kept.text,
    CAST(held.first_seen_at AS DATE) AS seen_on
FROM chosen AS held
JOIN store.event_mentions AS lead
    ON lead.mention_id = held.lead_mention_id
    AND lead.extractor_version = held.extractor_version
LEFT JOIN store.articles AS source
    ON source.article_id = held.article_id AND source.version = held.article_version
LEFT JOIN store.article_texts AS kept
    ON kept.article_id = held.article_id AND kept.version = held.article_version
ORDER BY held.article_id, held.first_seen_at, held.development_id;
