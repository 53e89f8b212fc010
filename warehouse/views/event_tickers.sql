-- One row per development, affected listing, kind of link and commodity that links them.
-- after: policy_events
CREATE OR REPLACE VIEW event_tickers AS
SELECT
    tie.development_id,
    step.measure_id,
    step.measure_key,
    tie.listing_id,
    split_part(tie.listing_id, ':', 1) AS mic,
    split_part(tie.listing_id, ':', 2) AS ticker,
    tie.link,
    tie.sign,
    tie.relevance,
    tie.commodity_id,
    tie.role,
    tie.why,
    step.type,
    step.status,
    step.polarity,
    step.factuality,
    step.decision_date,
    step.first_seen_at,
    step.headline,
    step.evidence,
    tie.recorded_at
FROM store.event_tickers AS tie
JOIN policy_events AS step ON step.development_id = tie.development_id;

COMMENT ON VIEW event_tickers IS 'One row per development, affected listing, kind of link and commodity that links them.';
COMMENT ON COLUMN event_tickers.development_id IS 'The development; see policy_events.';
COMMENT ON COLUMN event_tickers.measure_id IS 'Its measure; see measure_status.';
COMMENT ON COLUMN event_tickers.measure_key IS 'Readable key of that measure.';
COMMENT ON COLUMN event_tickers.listing_id IS 'The listing, MIC:TICKER.';
COMMENT ON COLUMN event_tickers.mic IS 'Market, ISO 10383 code (MIC).';
COMMENT ON COLUMN event_tickers.ticker IS 'Ticker on that market.';
COMMENT ON COLUMN event_tickers.link IS 'named: the text names the company; party: it takes part in the deal or measure; exposed: it depends on a commodity.';
COMMENT ON COLUMN event_tickers.sign IS 'Expected direction: + usually gains, - usually loses, ? depends. A prior for this step, not a forecast. NULL: it hangs on what is not known; why says on what.';
COMMENT ON COLUMN event_tickers.relevance IS 'Closeness of the link, from 0 to 100.';
COMMENT ON COLUMN event_tickers.commodity_id IS 'Commodity that links them; NULL unless link is exposed.';
COMMENT ON COLUMN event_tickers.role IS 'What the company does with the commodity: producer, processor, consumer or substitute.';
COMMENT ON COLUMN event_tickers.why IS 'Reason for the link, in words.';
COMMENT ON COLUMN event_tickers.type IS 'Type of the development.';
COMMENT ON COLUMN event_tickers.status IS 'Status of the development.';
COMMENT ON COLUMN event_tickers.polarity IS 'Polarity of the development.';
COMMENT ON COLUMN event_tickers.factuality IS 'Factuality of the development.';
COMMENT ON COLUMN event_tickers.decision_date IS 'Day the step was decided.';
COMMENT ON COLUMN event_tickers.first_seen_at IS 'When its first report reached us, UTC.';
COMMENT ON COLUMN event_tickers.headline IS 'Title of that report.';
COMMENT ON COLUMN event_tickers.evidence IS 'The sentence that reported the step first.';
COMMENT ON COLUMN event_tickers.recorded_at IS 'When the link was written, UTC.';
