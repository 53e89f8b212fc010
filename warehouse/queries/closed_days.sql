-- One row per session of a calendar that price files show to be a closed day.
-- A run of at most five sessions in which no listing has a bar, while at least half of the eleven
-- sessions around each one have bars. Weekly bars, or a file that ends, do not match.
WITH traded AS (
    SELECT DISTINCT market.calendar AS mic, bar.session_date
    FROM store.daily_bars AS bar
    JOIN (SELECT DISTINCT listing_id, mic FROM store.listings) AS listing
        ON listing.listing_id = bar.listing_id
    JOIN store.markets AS market ON market.mic = listing.mic
),
marked AS (
    SELECT
        session.mic, session.session_date, traded.session_date IS NOT NULL AS has_bar,
        count(*) FILTER (traded.session_date IS NOT NULL) OVER nearby AS traded_nearby,
        count(*) OVER nearby AS sessions_nearby,
        max(CASE WHEN traded.session_date IS NOT NULL THEN session.session_date END) OVER before
            AS last_bar,
        min(CASE WHEN traded.session_date IS NOT NULL THEN session.session_date END) OVER after
            AS next_bar,
        count(*) FILTER (traded.session_date IS NOT NULL) OVER before AS bars_before
    FROM store.sessions AS session
    LEFT JOIN traded
        ON traded.mic = session.mic AND traded.session_date = session.session_date
    WINDOW
        nearby AS (
            PARTITION BY session.mic ORDER BY session.session_date
            ROWS BETWEEN 5 PRECEDING AND 5 FOLLOWING
        ),
        before AS (
            PARTITION BY session.mic ORDER BY session.session_date
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ),
        after AS (
            PARTITION BY session.mic ORDER BY session.session_date
            ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
        )
)
SELECT mic, session_date
FROM marked
WHERE NOT has_bar AND last_bar IS NOT NULL AND next_bar IS NOT NULL
QUALIFY count(*) OVER (PARTITION BY mic, bars_before) <= 5
    AND traded_nearby >= 0.5 * sessions_nearby
ORDER BY mic, session_date;
