-- One row per listing that the chosen developments affect: the closest link first, with its reason
-- and evidence from the latest of them.
WITH touched AS (
    SELECT
        tie.listing_id, tie.measure_key, tie.development_id, tie.measure_id, tie.sign, tie.link,
        tie.relevance, tie.why, tie.commodity_id, tie.type, tie.status, tie.decision_date, step.grade,
        step.evidence, step.headline, step.first_source, step.first_url, step.article_id,
        step.article_version, step.first_seen_at
    FROM event_tickers AS tie
    JOIN policy_events AS step ON step.development_id = tie.development_id
    WHERE ($measure IS NULL OR tie.measure_id = lower($measure)
            OR lower(tie.measure_key) = lower($measure))
        AND ($commodity IS NULL OR tie.commodity_id = $commodity)
        AND ($ticker IS NULL OR tie.listing_id = $ticker OR suffix(tie.listing_id, ':' || $ticker))
        AND ($since IS NULL OR step.first_seen_at >= CAST($since AS TIMESTAMPTZ))
),
latest AS (
    SELECT *
    FROM touched
    QUALIFY row_number() OVER (
        PARTITION BY listing_id
        ORDER BY first_seen_at DESC, relevance DESC, development_id, commodity_id
    ) = 1
),
counted AS (
    SELECT
        listing_id,
        count(DISTINCT development_id) AS step_count,
        count(DISTINCT measure_id) AS measure_count,
        list(DISTINCT commodity_id ORDER BY commodity_id) AS commodities
    FROM touched
    GROUP BY listing_id
)
SELECT
    latest.listing_id, latest.sign, latest.link, latest.relevance, latest.why,
    counted.commodities, counted.step_count, counted.measure_count,
    latest.measure_key, latest.type, latest.status, latest.decision_date, latest.grade,
    latest.evidence AS quote, latest.headline, latest.first_source, latest.first_url,
    latest.article_id, latest.article_version, latest.first_seen_at AS seen_at
FROM latest
JOIN counted ON counted.listing_id = latest.listing_id
ORDER BY latest.relevance DESC, counted.step_count DESC, latest.listing_id
LIMIT $row_limit;
