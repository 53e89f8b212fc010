-- One row: what checked_bars holds.
SELECT
    count(*) AS row_count,
    count(DISTINCT listing_id) AS listing_count,
    min(session_date) AS first_date,
    max(session_date) AS last_date
FROM checked_bars;
