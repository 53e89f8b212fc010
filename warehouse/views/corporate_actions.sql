-- One row per listing, day and kind of action, from the source that supplies its prices.
-- after: prices
CREATE OR REPLACE VIEW corporate_actions AS
SELECT
    action.listing_id,
    split_part(action.listing_id, ':', 1) AS mic,
    split_part(action.listing_id, ':', 2) AS ticker,
    action.ex_date,
    action.kind,
    action."value",
    action.currency,
    action.source,
    action.fetched_at
FROM store.corporate_actions AS action
SEMI JOIN (SELECT DISTINCT listing_id, source FROM prices) AS main
    ON main.listing_id = action.listing_id AND main.source = action.source;

COMMENT ON VIEW corporate_actions IS 'One row per listing, day and kind of action (split, dividend), from the source that supplies its prices.';
COMMENT ON COLUMN corporate_actions.listing_id IS 'The listing, MIC:TICKER.';
COMMENT ON COLUMN corporate_actions.mic IS 'Market, ISO 10383 code (MIC).';
COMMENT ON COLUMN corporate_actions.ticker IS 'Ticker on that market.';
COMMENT ON COLUMN corporate_actions.ex_date IS 'Ex-date: first session that trades without the dividend or after the split.';
COMMENT ON COLUMN corporate_actions.kind IS 'split or dividend.';
COMMENT ON COLUMN corporate_actions."value" IS 'Split: new shares for one old share. Dividend: amount per share, in currency.';
COMMENT ON COLUMN corporate_actions.currency IS 'Currency of a dividend, ISO 4217; NULL for a split.';
COMMENT ON COLUMN corporate_actions.source IS 'Data source of the action.';
COMMENT ON COLUMN corporate_actions.fetched_at IS 'When it was loaded, UTC.';
