-- One row per row of temp table `wanted_policy_events`: a development for rules and messages.
-- confirmations counts publishers after the first; earlier lists earlier steps, oldest first.
WITH ties AS (
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
        ) AS touched
    FROM (
        SELECT *
        FROM store.event_tickers
        SEMI JOIN wanted_policy_events USING (development_id)
        -- A listing linked through several commodities appears once, with its closest link.
        QUALIFY row_number() OVER (
            PARTITION BY development_id, listing_id, link
            ORDER BY relevance DESC, commodity_id
        ) = 1
    )
    GROUP BY development_id
),
siblings AS (
    SELECT
        development_id,
        measure_id,
        status,
        first_seen_at,
        decision_date,
        rate_value,
        rate_unit,
        effective_date,
        end_date,
        coalesce(decision_date, first_seen_at::DATE) AS step_date
    FROM store.standing_developments
    SEMI JOIN wanted_policy_events USING (measure_id)
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
            ORDER BY e.step_date, e.first_seen_at, e.development_id
        ) AS earlier
    FROM siblings AS d
    JOIN siblings AS e
        ON e.measure_id = d.measure_id
        AND (e.step_date, e.first_seen_at, e.development_id)
            < (d.step_date, d.first_seen_at, d.development_id)
    GROUP BY d.development_id
)
SELECT
    p.development_id,
    p.measure_id,
    p.type,
    p.status,
    p.status_target,
    p.polarity,
    p.factuality,
    p.time_frame,
    p.novelty,
    p.novelty_score,
    p.stage_of,
    p.disputed,
    p.change_reason,
    p.correction_id,
    p.first_seen_at,
    p.first_reported_at AS reported_at,
    p.confidence,
    p.actors,
    p.targets,
    p.commodities,
    p.products,
    p.companies,
    p.instrument,
    p.rate_value,
    p.rate_unit,
    p.decision_date,
    p.decision_precision,
    own.effective_date,
    own.end_date,
    p.article_id,
    coalesce(p.source_type, 'author') AS source_type,
    p.evidence,
    p.headline AS title,
    p.first_url AS url,
    p.published_at,
    p.first_source AS publisher,
    p.source_tier,
    p.grade,
    p.official_source,
    greatest(coalesce(p.source_count, 1) - 1, 0) AS confirmations,
    t.touched AS tickers,
    e.earlier
FROM wanted_policy_events AS p
LEFT JOIN siblings AS own USING (development_id)
LEFT JOIN ties AS t USING (development_id)
LEFT JOIN earlier AS e USING (development_id)
ORDER BY p.first_seen_at, p.development_id
