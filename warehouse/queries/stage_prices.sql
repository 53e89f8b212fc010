-- One row per row of raw_prices, with typed values; NULL where a value does not parse.
CREATE OR REPLACE TEMP TABLE staged_prices AS
SELECT
    trim(symbol) AS symbol,
    session_date AS date_text,
    TRY_CAST(session_date AS DATE) AS session_date,
    TRY_CAST("close" AS DOUBLE) AS "close",
    TRY_CAST(coalesce(adj_close, "close") AS DOUBLE) AS adj_close,
    TRY_CAST(volume AS DOUBLE) AS volume,
    volume IS NOT NULL AND trim(CAST(volume AS VARCHAR)) <> '' AS has_volume,
    upper(nullif(trim(currency), '')) AS currency,
    -- NaN for a text that is not a number, so that the check finds it.
    coalesce(TRY_CAST(nullif(trim(dividend), '') AS DOUBLE), CASE WHEN trim(dividend) <> '' THEN 'nan'::DOUBLE END)
        AS dividend,
    coalesce(TRY_CAST(nullif(trim(split), '') AS DOUBLE), CASE WHEN trim(split) <> '' THEN 'nan'::DOUBLE END)
        AS split
FROM raw_prices;
