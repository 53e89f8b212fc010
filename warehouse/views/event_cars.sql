-- One row per development, listing and window: cumulative abnormal return, overlapping events.
-- after: cumulative_returns, event_sessions
CREATE OR REPLACE VIEW event_cars AS
SELECT
    found.development_id,
    found.listing_id,
    event.sign,
    event.link,
    event.type,
    event.status,
    found.first_seen_at,
    found.event_date,
    event.benchmark_id,
    found.window_name,
    found.car,
    found.se,
    found.car / nullif(found.se, 0) AS t,
    found.alpha,
    found.beta,
    found.sigma,
    found.session_count,
    coalesce(near.same_day, 0) AS same_day_count,
    coalesce(near.within_5, 0) AS overlap_count
FROM store.cumulative_returns(
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, false
) AS found
JOIN store.event_sessions AS event
    ON event.development_id = found.development_id AND event.listing_id = found.listing_id
LEFT JOIN (
    SELECT
        a.development_id, a.listing_id,
        count(*) FILTER (b.event_no = a.event_no) AS same_day,
        count(*) AS within_5
    FROM store.event_sessions AS a
    JOIN store.event_sessions AS b
        ON b.listing_id = a.listing_id
        AND b.development_id <> a.development_id
        AND b.event_no BETWEEN a.event_no - 5 AND a.event_no + 5
    GROUP BY a.development_id, a.listing_id
) AS near
    ON near.development_id = found.development_id AND near.listing_id = found.listing_id;

COMMENT ON VIEW event_cars IS 'One row per development, listing and window: the cumulative abnormal return by the market model, and how many other events overlap.';
COMMENT ON COLUMN event_cars.development_id IS 'The development; see policy_events.';
COMMENT ON COLUMN event_cars.listing_id IS 'The listing, MIC:TICKER.';
COMMENT ON COLUMN event_cars.sign IS 'Expected direction, a prior: +, - or ?; NULL when it is not known.';
COMMENT ON COLUMN event_cars.link IS 'How the development affects the listing: named, party or exposed.';
COMMENT ON COLUMN event_cars.type IS 'Type of the development.';
COMMENT ON COLUMN event_cars.status IS 'Status of the development.';
COMMENT ON COLUMN event_cars.first_seen_at IS 'When the first report reached us, UTC.';
COMMENT ON COLUMN event_cars.event_date IS 'Day 0: the first session of the listing''s market that closed after first_seen_at.';
COMMENT ON COLUMN event_cars.benchmark_id IS 'Its benchmark, MIC:TICKER; NULL: the listing''s own mean return is expected.';
COMMENT ON COLUMN event_cars.window_name IS 'Sessions relative to day 0: [-1,+1], [0,+1], [0,+5] or [-5,+5].';
COMMENT ON COLUMN event_cars.car IS 'Cumulative abnormal return over the window, as a fraction.';
COMMENT ON COLUMN event_cars.se IS 'Standard error of car, including the estimation error of the model.';
COMMENT ON COLUMN event_cars.t IS 'car / se.';
COMMENT ON COLUMN event_cars.alpha IS 'Intercept of the market model, as a daily return.';
COMMENT ON COLUMN event_cars.beta IS 'Slope of the market model.';
COMMENT ON COLUMN event_cars.sigma IS 'Standard deviation of the model''s daily residuals.';
COMMENT ON COLUMN event_cars.session_count IS 'Sessions in the estimation window; 120 when none is missing.';
COMMENT ON COLUMN event_cars.same_day_count IS 'Other developments that affect the listing with the same day 0: their effects cannot be separated.';
COMMENT ON COLUMN event_cars.overlap_count IS 'Other developments that affect the listing within five sessions before or after.';
