-- One row per development and affected listing: the first session that could trade on it.
-- after: session_numbers, standing_developments
CREATE OR REPLACE VIEW store.event_sessions AS
WITH tie AS (
    SELECT
        held.development_id,
        held.listing_id,
        arg_max(held.link, held.relevance) AS link,
        arg_max_null(held.sign, held.relevance) AS sign,
        arg_max(held.commodity_id, held.relevance) AS commodity_id,
        max(held.relevance) AS relevance
    FROM store.event_tickers AS held
    GROUP BY held.development_id, held.listing_id
),
dated AS (
    SELECT
        tie.*,
        step.type, step.status, step.status_target, step.factuality, step.polarity,
        step.actors, step.targets, step.commodities, step.decision_date, step.first_seen_at,
        listing.issuer_id, listing.benchmark_id, listing.currency, market.calendar
    FROM tie
    JOIN store.standing_developments AS step ON step.development_id = tie.development_id
    LEFT JOIN store.listings AS listing
        ON listing.listing_id = tie.listing_id
        AND step.first_seen_at::DATE >= coalesce(listing.valid_from, DATE '0001-01-01')
        AND step.first_seen_at::DATE < coalesce(listing.valid_to, DATE '9999-12-31')
    LEFT JOIN store.markets AS market ON market.mic = listing.mic
)
-- A session counts when it closes after first_seen_at: a trade at its close was still possible.
SELECT dated.*, session.session_date AS event_date, session.session_no AS event_no
FROM dated
ASOF LEFT JOIN store.session_numbers AS session
    ON session.calendar = dated.calendar AND dated.first_seen_at < session.close_at;

COMMENT ON VIEW store.event_sessions IS 'One row per development and affected listing, with the first session that closes after first_seen_at.';
