-- One row per development that matches the filters, latest first.
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
    source_count AS sources,
    grade,
    headline
FROM policy_events
WHERE ($type IS NULL OR type = $type)
    AND ($status IS NULL OR status = $status)
    AND ($grade IS NULL OR grade = $grade)
    AND ($actor IS NULL OR list_contains(actors, $actor))
    AND ($ticker IS NULL OR len(list_filter(tickers, t -> t = $ticker OR t LIKE '%:' || $ticker)) > 0)
    AND ($commodity IS NULL OR list_contains(commodities, $commodity))
    AND ($since IS NULL OR first_seen_at >= CAST($since AS TIMESTAMPTZ))
ORDER BY coalesce(decision_date, first_reported_at::DATE) DESC, first_seen_at DESC, development_id
LIMIT $row_limit;
