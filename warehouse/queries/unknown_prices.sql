-- One number: rows of staged_prices whose ticker is no listing we know.
SELECT count(*)
FROM staged_prices AS staged
ANTI JOIN (SELECT symbol FROM symbol_map WHERE listing_id IS NOT NULL) AS known
    ON known.symbol = staged.symbol;
