-- One row per listing and session of staged_prices, ready to store.
CREATE OR REPLACE TEMP VIEW checked_bars AS
SELECT DISTINCT ON (map.listing_id, staged.session_date)
    map.listing_id,
    staged.session_date,
    load.source,
    staged."close",
    staged.adj_close,
    staged.volume,
    coalesce(staged.currency, map.currency) AS currency,
    load.fetched_at
FROM staged_prices AS staged
JOIN symbol_map AS map ON map.symbol = staged.symbol AND map.listing_id IS NOT NULL
CROSS JOIN load_facts AS load;
