-- One row per development of `wanted_developments`, as rules and messages see it.
-- confirmations counts publishers beyond the first; earlier is oldest first.
WITH current_developments AS (
    SELECT *
    FROM store.developments
    QUALIFY row_number() OVER (PARTITION BY development_id ORDER BY revision DESC) = 1
        AND NOT coalesce(retracted, false)
),
publishers AS (
    SELECT development_id, count(DISTINCT publisher) AS publisher_count
    FROM store.development_mentions
    SEMI JOIN wanted_developments USING (development_id)
    GROUP BY development_id
),
ties AS (
    SELECT
        development_id,
        list(
            {
                listing: listing_id,
                link: link,
                sign: sign,
                why: why,
                relevance: relevance,
                commodity_id: commodity_id,
                role: role
            }
            ORDER BY relevance DESC, listing_id, link
        ) AS tickers
    FROM (
        SELECT *
        FROM store.event_tickers
        SEMI JOIN wanted_developments USING (development_id)
        -- A listing reached through several goods shows once, by its strongest tie.
        QUALIFY row_number() OVER (
            PARTITION BY development_id, listing_id, link
            ORDER BY relevance DESC, commodity_id
        ) = 1
    )
    GROUP BY development_id
),
lead_articles AS (
    SELECT article_id, title, url, feed_id, published_at
    FROM store.articles
    QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY version DESC) = 1
),
lead_mentions AS (
    SELECT mention_id, sentence, source_type
    FROM store.event_mentions
    QUALIFY row_number() OVER (PARTITION BY mention_id ORDER BY extracted_at DESC) = 1
),
earlier AS (
    SELECT
        d.development_id,
        list(
            {
                development_id: e.development_id,
                status: e.status,
                first_seen_at: e.first_seen_at,
                decision_date: e.decision_date,
                rate_value: e.rate_value,
                rate_unit: e.rate_unit,
                end_date: e.end_date
            }
            ORDER BY coalesce(e.decision_date, e.first_seen_at::DATE), e.first_seen_at
        ) AS earlier
    FROM current_developments AS d
    SEMI JOIN wanted_developments AS w ON w.development_id = d.development_id
    JOIN current_developments AS e
        ON e.measure_id = d.measure_id
        AND e.development_id <> d.development_id
        AND (coalesce(e.decision_date, e.first_seen_at::DATE), e.first_seen_at, e.development_id)
            < (coalesce(d.decision_date, d.first_seen_at::DATE), d.first_seen_at, d.development_id)
    GROUP BY d.development_id
)
SELECT
    d.development_id,
    d.measure_id,
    d.type,
    d.status,
    d.status_target,
    d.polarity,
    d.factuality,
    d.time_frame,
    d.novelty,
    d.novelty_score,
    d.stage_of,
    d.first_seen_at,
    states.confidence,
    d.actors,
    d.targets,
    d.commodities,
    d.products,
    d.companies,
    d.instrument,
    d.rate_value,
    d.rate_unit,
    d.decision_date,
    d.decision_precision,
    d.effective_date,
    d.end_date,
    d.article_id,
    coalesce(m.source_type, 'author') AS source_type,
    m.sentence AS evidence,
    a.title,
    a.url,
    a.published_at,
    coalesce(f.publisher, f.name, a.feed_id) AS publisher,
    f.trust_tier AS source_tier,
    greatest(coalesce(p.publisher_count, 1) - 1, 0) AS confirmations,
    t.tickers,
    e.earlier
FROM current_developments AS d
SEMI JOIN wanted_developments AS w ON w.development_id = d.development_id
LEFT JOIN lead_mentions AS m ON m.mention_id = d.lead_mention_id
LEFT JOIN lead_articles AS a ON a.article_id = d.article_id
LEFT JOIN store.feeds AS f ON f.feed_id = a.feed_id
LEFT JOIN publishers AS p ON p.development_id = d.development_id
LEFT JOIN store.development_states AS states ON states.development_id = d.development_id
LEFT JOIN ties AS t ON t.development_id = d.development_id
LEFT JOIN earlier AS e ON e.development_id = d.development_id
ORDER BY d.first_seen_at, d.development_id
