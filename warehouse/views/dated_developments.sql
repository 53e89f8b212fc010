-- One row per revision of a development: its dates with their precision.
-- effective_date and end_date are text as precise as told: YYYY, YYYY-Qn, YYYY-MM or YYYY-MM-DD.
CREATE OR REPLACE VIEW store.dated_developments AS
SELECT
    held.*,
    CASE
        WHEN held.effective_date LIKE '%Q%' THEN 'quarter'
        ELSE ['year', 'month', 'day'][length(held.effective_date) // 3]
    END AS effective_precision,
    CASE
        WHEN held.end_date LIKE '%Q%' THEN 'quarter'
        WHEN held.end_date IS NOT NULL THEN ['year', 'month', 'day'][length(held.end_date) // 3]
        -- Counted from the start, or else from the decision: no more precise than that day.
        WHEN held.ends_on IS NOT NULL THEN coalesce(effective_precision, held.decision_precision)
    END AS ends_precision,
    CASE
        WHEN held.end_date IS NOT NULL THEN 'stated'
        WHEN held.ends_on IS NOT NULL THEN 'duration'
    END AS ends_basis
FROM store.developments AS held;

COMMENT ON VIEW store.dated_developments IS 'One row per revision of a development: its dates with their precision.';
