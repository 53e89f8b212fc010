-- One row per calendar and session, numbered in order; closed days are left out.
CREATE OR REPLACE VIEW store.session_numbers AS
SELECT
    mic AS calendar,
    session_date,
    open_at,
    close_at,
    row_number() OVER (PARTITION BY mic ORDER BY session_date) AS session_no
FROM store.sessions AS planned
WHERE NOT EXISTS (
    SELECT 1 FROM store.closed_days AS shut
    WHERE shut.mic = planned.mic AND shut.session_date = planned.session_date
);

COMMENT ON VIEW store.session_numbers IS 'One row per calendar and session, numbered in order. A weekend counts as one step, like any night; so does a closed day that price files reveal.';
