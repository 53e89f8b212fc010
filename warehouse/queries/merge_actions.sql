-- Adds the splits and dividends of staged_prices; replaces those with another value. Files write 0
-- (and 1 for a split) on all other days; those rows are filtered first: there may be ten million.
MERGE INTO store.corporate_actions AS held
USING (
    SELECT DISTINCT ON (map.listing_id, given.session_date, given.kind)
        map.listing_id,
        given.session_date AS ex_date,
        given.kind,
        given."value",
        CASE WHEN given.kind = 'dividend' THEN coalesce(given.currency, map.currency) END AS currency,
        load.source,
        load.fetched_at
    FROM (
        SELECT symbol, session_date, currency, 'dividend' AS kind, dividend AS "value"
        FROM staged_prices
        WHERE dividend > 0
        UNION ALL
        SELECT symbol, session_date, currency, 'split' AS kind, split AS "value"
        FROM staged_prices
        WHERE split > 0 AND split <> 1
    ) AS given
    JOIN symbol_map AS map ON map.symbol = given.symbol AND map.listing_id IS NOT NULL
    CROSS JOIN load_facts AS load
) AS given
ON held.listing_id = given.listing_id
    AND held.ex_date = given.ex_date
    AND held.kind = given.kind
    AND held.source = given.source
WHEN MATCHED AND held."value" IS DISTINCT FROM given."value" THEN UPDATE BY NAME
WHEN NOT MATCHED THEN INSERT BY NAME;
