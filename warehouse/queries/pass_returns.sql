-- One row per listing named in, or most exposed to, a development first seen since $since, and its
-- adjusted close around the first session that could trade on it; largest moves first. excess_pct is
-- the day's return less the benchmark's.
SELECT
    moved.event_date AS date,
    moved.listing_id AS listing,
    moved.link,
    moved.sign,
    format('{:.1f}', 100 * moved.ret_0) AS day_pct,
    format('{:.1f}', 100 * moved.adjusted_0) AS excess_pct,
    format('{:.1f}', 100 * moved.ret_5) AS five_day_pct,
    step.type,
    step.status,
    step.headline
FROM event_returns AS moved
JOIN policy_events AS step ON step.development_id = moved.development_id
WHERE step.revision = 1 AND step.recorded_at >= $since AND moved.ret_0 IS NOT NULL
QUALIFY row_number() OVER (
    PARTITION BY moved.listing_id, moved.event_date
    ORDER BY step.novelty_score DESC, moved.relevance DESC, step.development_id
) = 1
ORDER BY abs(moved.ret_0) DESC, date, listing
LIMIT 12;
