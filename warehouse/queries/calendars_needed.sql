-- One row per calendar that lacks sessions: the span that bars and developments need, with a margin
-- for windows. A complete calendar starts early enough and ends a month after the last day.
WITH touched AS (
    SELECT listing_id, min(session_date) AS first_day, max(session_date) AS last_day
    FROM store.daily_bars
    GROUP BY listing_id
    UNION ALL
    SELECT tie.listing_id, min(CAST(step.first_seen_at AS DATE)), max(CAST(step.first_seen_at AS DATE))
    FROM store.event_tickers AS tie
    JOIN store.standing_developments AS step USING (development_id)
    GROUP BY tie.listing_id
),
needed AS (
    SELECT
        market.calendar,
        min(touched.first_day) - 30 AS first_day,
        max(touched.last_day) + 60 AS last_day
    FROM touched
    JOIN store.listings AS listing USING (listing_id)
    JOIN store.markets AS market USING (mic)
    GROUP BY market.calendar
),
held AS (
    SELECT mic, min(session_date) AS first_held, max(session_date) AS last_held
    FROM store.sessions
    GROUP BY mic
)
SELECT needed.calendar, needed.first_day, needed.last_day
FROM needed
LEFT JOIN held ON held.mic = needed.calendar
WHERE held.mic IS NULL
    OR held.first_held > needed.first_day - CAST($look_back AS INTEGER) + 14
    OR held.last_held < needed.last_day - 30
ORDER BY needed.calendar;
