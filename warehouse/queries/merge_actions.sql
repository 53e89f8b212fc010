-- The splits and dividends of staged_prices, added, or replaced where a value differs. Files write 0 (and 1
-- for a split) on all other days.
MERGE INTO store.corporate_actions AS held
USING (
    SELECT DISTINCT ON (map.listing_id, staged.session_date, given.kind)
        map.listing_id,
        staged.session_date AS ex_date,
        given.kind,
        given."value",
        CASE WHEN given.kind = 'dividend' THEN coalesce(staged.currency, map.currency) END AS currency,
        load.source,
        load.fetched_at
    FROM staged_prices AS staged
    JOIN symbol_map AS map ON map.symbol = staged.symbol AND map.listing_id IS NOT NULL
    CROSS JOIN load_facts AS load
    CROSS JOIN LATERAL (
        SELECT 'dividend' AS kind, staged.dividend AS "value" WHERE staged.dividend > 0
        UNION ALL
        SELECT 'split' AS kind, staged.split AS "value" WHERE staged.split > 0 AND staged.split <> 1
    ) AS given
) AS given
ON held.listing_id = given.listing_id
    AND held.ex_date = given.ex_date
    AND held.kind = given.kind
    AND held.source = given.source
WHEN MATCHED AND held."value" IS DISTINCT FROM given."value" THEN UPDATE BY NAME
WHEN NOT MATCHED THEN INSERT BY NAME;
