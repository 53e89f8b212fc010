-- One row per calendar: the span that bars and developments call for, with room for windows.
WITH touched AS (
    SELECT listing_id, session_date AS day FROM store.daily_bars
    UNION ALL
    SELECT tie.listing_id, CAST(step.first_seen_at AS DATE) AS day
    FROM store.event_tickers AS tie
    JOIN store.standing_developments AS step USING (development_id)
)
SELECT market.calendar, min(touched.day) - 30 AS first_day, max(touched.day) + 60 AS last_day
FROM touched
JOIN store.listings AS listing USING (listing_id)
JOIN store.markets AS market USING (mic)
GROUP BY market.calendar
ORDER BY market.calendar;
