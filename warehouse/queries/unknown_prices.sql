-- One row: how many rows of staged_prices have an unknown ticker.
SELECT count(*)
FROM staged_prices AS staged
ANTI JOIN (SELECT symbol FROM symbol_map WHERE listing_id IS NOT NULL) AS known
    ON known.symbol = staged.symbol;
