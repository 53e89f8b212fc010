-- Adds the bars of checked_bars; replaces those with another value.
MERGE INTO store.daily_bars AS held
USING checked_bars AS given
ON held.listing_id = given.listing_id
    AND held.session_date = given.session_date
    AND held.source = given.source
WHEN MATCHED AND (
    held."close" IS DISTINCT FROM given."close"
    OR held.adj_close IS DISTINCT FROM given.adj_close
    OR held.volume IS DISTINCT FROM given.volume
    OR held.currency IS DISTINCT FROM given.currency
) THEN UPDATE BY NAME
WHEN NOT MATCHED THEN INSERT BY NAME;
