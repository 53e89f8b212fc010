-- One row per development first seen since $since, highest novelty first.
-- tickers: the listings named or most exposed, each with the sign of the effect.
WITH touched AS (
    SELECT
        development_id,
        list(listing_id || sign ORDER BY link = 'exposed', relevance DESC, listing_id)
            AS signed
    FROM event_tickers
    GROUP BY development_id
)
SELECT
    coalesce(step.decision_date, step.first_reported_at::DATE) AS date,
    step.type,
    step.status,
    step.actors AS who,
    step.targets AS whom,
    coalesce(nullif(step.commodities, []), step.products) AS product,
    CASE WHEN step.rate_value IS NOT NULL
        THEN format('{:g}{}', step.rate_value, if(step.rate_unit = 'percent', '%', ' ' || step.rate_unit))
    END AS rate,
    touched.signed AS tickers,
    step.headline
FROM policy_events AS step
LEFT JOIN touched ON touched.development_id = step.development_id
WHERE step.revision = 1 AND step.recorded_at >= $since
ORDER BY step.novelty_score DESC, step.source_count DESC, date DESC, step.development_id;
