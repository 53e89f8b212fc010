-- One row per development that matches the filters, latest first.
-- tickers: the listings named in it come first, then those most exposed.
WITH chosen AS (
    FROM policy_events
    WHERE ($type IS NULL OR type = $type)
        AND ($status IS NULL OR status = $status)
        AND ($grade IS NULL OR grade = $grade)
        AND ($actor IS NULL OR list_contains(actors, $actor))
        AND ($ticker IS NULL
            OR len(list_filter(tickers, t -> t = $ticker OR t LIKE '%:' || $ticker)) > 0)
        AND ($commodity IS NULL OR list_contains(commodities, $commodity))
        AND ($since IS NULL OR first_seen_at >= CAST($since AS TIMESTAMPTZ))
    ORDER BY coalesce(decision_date, first_reported_at::DATE) DESC, first_seen_at DESC, development_id
    LIMIT $row_limit
),
touched AS (
    SELECT development_id, list(listing_id ORDER BY exposed, relevance DESC, listing_id) AS listings
    FROM (
        SELECT development_id, listing_id, min(link = 'exposed') AS exposed, max(relevance) AS relevance
        FROM store.event_tickers
        WHERE development_id IN (SELECT development_id FROM chosen)
        GROUP BY ALL
    )
    GROUP BY development_id
)
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
    coalesce(touched.listings, []) AS tickers,
    source_count AS sources,
    grade,
    headline
FROM chosen
LEFT JOIN touched ON touched.development_id = chosen.development_id
ORDER BY date DESC, first_seen_at DESC, chosen.development_id;
