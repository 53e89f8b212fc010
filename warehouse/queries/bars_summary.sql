-- One row: totals of checked_bars.
SELECT
    count(*) AS row_count,
    count(DISTINCT listing_id) AS listing_count,
    min(session_date) AS first_date,
    max(session_date) AS last_date
FROM checked_bars;
