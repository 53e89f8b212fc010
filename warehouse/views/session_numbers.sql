-- One row per calendar and session, numbered in order.
CREATE OR REPLACE VIEW store.session_numbers AS
SELECT
    mic AS calendar,
    session_date,
    open_at,
    close_at,
    row_number() OVER (PARTITION BY mic ORDER BY session_date) AS session_no
FROM store.sessions;

COMMENT ON VIEW store.session_numbers IS 'One row per calendar and session, numbered in order; a week-end is one step as any night is.';
