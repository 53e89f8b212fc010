-- One row per fault in staged_prices: kind, listing or symbol, first day, count, detail.
-- Severity `stop` refuses the load; any other is a warning.
WITH known AS (
    SELECT staged.*, map.listing_id, map.currency AS listing_currency, map.problem, map.calendar
    FROM staged_prices AS staged
    LEFT JOIN symbol_map AS map ON map.symbol = staged.symbol
),
faults AS (
    SELECT 'stop' AS severity, 'no ticker' AS kind, '' AS who, session_date, NULL AS detail
    FROM known WHERE symbol IS NULL OR symbol = ''
    UNION ALL BY NAME
    SELECT 'stop' AS severity, 'ticker' AS kind, symbol AS who, session_date, problem AS detail
    FROM known WHERE symbol <> '' AND listing_id IS NULL
    UNION ALL BY NAME
    SELECT 'stop' AS severity, 'date' AS kind, symbol AS who, NULL AS session_date, date_text AS detail
    FROM known WHERE session_date IS NULL
    UNION ALL BY NAME
    SELECT 'stop' AS severity, 'future' AS kind, symbol AS who, session_date, NULL AS detail
    FROM known WHERE session_date > $today
    UNION ALL BY NAME
    SELECT 'stop' AS severity, 'price' AS kind, symbol AS who, session_date,
        coalesce(CAST(coalesce(CASE WHEN "close" <= 0 THEN "close" END, adj_close) AS VARCHAR), 'missing')
            AS detail
    FROM known
    WHERE adj_close IS NULL OR NOT isfinite(adj_close) OR adj_close <= 0
        OR "close" <= 0 OR NOT isfinite(coalesce("close", 1))
    UNION ALL BY NAME
    SELECT 'stop' AS severity, 'volume' AS kind, symbol AS who, session_date,
        coalesce(CAST(volume AS VARCHAR), 'not a number') AS detail
    FROM known
    WHERE volume < 0 OR (has_volume AND (volume IS NULL OR NOT isfinite(volume)))
    UNION ALL BY NAME
    SELECT 'stop' AS severity, 'dividend' AS kind, symbol AS who, session_date, CAST(dividend AS VARCHAR) AS detail
    FROM known WHERE dividend < 0 OR NOT isfinite(dividend)
    UNION ALL BY NAME
    SELECT 'stop' AS severity, 'split' AS kind, symbol AS who, session_date, CAST(split AS VARCHAR) AS detail
    FROM known WHERE split < 0 OR NOT isfinite(split)
    UNION ALL BY NAME
    SELECT 'stop' AS severity, 'currency' AS kind, symbol AS who, session_date,
        currency || ' where ' || listing_id || ' trades in ' || listing_currency AS detail
    FROM known WHERE currency <> listing_currency
    UNION ALL BY NAME
    SELECT
        CASE WHEN values_given > 1 THEN 'stop' ELSE 'warn' END AS severity,
        CASE WHEN values_given > 1 THEN 'conflict' ELSE 'duplicate' END AS kind,
        symbol AS who, session_date, row_count || ' rows' AS detail
    FROM (
        SELECT symbol, session_date, count(*) AS row_count,
            count(DISTINCT hash("close", adj_close, volume, currency)) AS values_given
        FROM staged_prices
        WHERE session_date IS NOT NULL
        GROUP BY symbol, session_date
        HAVING count(*) > 1
    )
    UNION ALL BY NAME
    SELECT 'warn' AS severity, 'no session' AS kind, symbol AS who, session_date, NULL AS detail
    FROM known
    WHERE calendar IN (SELECT mic FROM store.sessions)
        AND session_date BETWEEN
            (SELECT min(session_date) FROM store.sessions)
            AND (SELECT max(session_date) FROM store.sessions)
        AND NOT EXISTS (
            SELECT 1 FROM store.sessions AS s
            WHERE s.mic = known.calendar AND s.session_date = known.session_date
        )
    UNION ALL BY NAME
    SELECT 'warn' AS severity, 'missing' AS kind, span.symbol AS who, s.session_date, NULL AS detail
    FROM (
        SELECT symbol, any_value(calendar) AS calendar,
            min(session_date) AS first_date, max(session_date) AS last_date
        FROM known WHERE listing_id IS NOT NULL GROUP BY symbol
    ) AS span
    JOIN store.sessions AS s
        ON s.mic = span.calendar AND s.session_date BETWEEN span.first_date AND span.last_date
    ANTI JOIN staged_prices AS given
        ON given.symbol = span.symbol AND given.session_date = s.session_date
    UNION ALL BY NAME
    SELECT 'warn' AS severity, 'jump' AS kind, symbol AS who, session_date,
        'x ' || round(adj_close / before, 2) AS detail
    FROM (
        SELECT symbol, session_date, adj_close,
            lag(adj_close) OVER (PARTITION BY symbol ORDER BY session_date) AS before
        FROM staged_prices
    )
    WHERE before > 0 AND (adj_close / before > 4 OR adj_close / before < 0.25)
    UNION ALL BY NAME
    SELECT 'warn' AS severity, 'stale' AS kind, symbol AS who, max(session_date) AS session_date,
        'others go on to ' || (SELECT max(session_date) FROM staged_prices) AS detail
    FROM staged_prices
    GROUP BY symbol
    HAVING max(session_date) < (SELECT max(session_date) FROM staged_prices) - 21
)
SELECT
    severity, kind, who,
    min(session_date) AS first_date,
    count(*) AS fault_count,
    arg_min(detail, coalesce(session_date, DATE '0001-01-01')) AS detail
FROM faults
GROUP BY severity, kind, who
ORDER BY severity, kind, who;
