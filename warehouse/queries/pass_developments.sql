-- One row per development first told to us since $since, most novel first.
SELECT
    coalesce(decision_date, first_reported_at::DATE) AS date,
    type,
    status,
    actors,
    targets,
    coalesce(nullif(commodities, []), products) AS product,
    CASE WHEN rate_value IS NOT NULL
        THEN format('{:g}{}', rate_value, if(rate_unit = 'percent', '%', ' ' || rate_unit))
    END AS rate,
    tickers,
    headline
FROM policy_events
WHERE revision = 1 AND recorded_at >= $since
ORDER BY novelty_score DESC, source_count DESC, date DESC, development_id;
