-- Turns instants in staged_prices into exchange days: midnight UTC is a plain date, any other
-- instant is the local day where the listing trades.
UPDATE staged_prices AS staged
SET session_date = CASE
    WHEN strftime(TRY_CAST(date_text AS TIMESTAMPTZ), '%H:%M:%S') = '00:00:00'
        THEN CAST(TRY_CAST(date_text AS TIMESTAMPTZ) AS DATE)
    ELSE CAST(timezone(map.zone, TRY_CAST(date_text AS TIMESTAMPTZ)) AS DATE)
END
FROM symbol_map AS map
WHERE map.symbol = staged.symbol
    AND map.zone IS NOT NULL
    AND regexp_matches(date_text, '\d[T ]\d\d:\d\d.*(Z|[+-]\d\d(:?\d\d)?)$')
    AND TRY_CAST(date_text AS TIMESTAMPTZ) IS NOT NULL;
