-- One row per development as the warehouse held it at `ts`.
-- Compared with policy_events (the current state) it shows what a later extractor or review
-- decision changed.
-- after: dated_developments, event_families
CREATE OR REPLACE MACRO policy_events_as_recorded(ts) AS TABLE
WITH then_newest AS (
    SELECT development_id, max(revision) AS revision
    FROM store.developments
    WHERE recorded_at <= CAST(ts AS TIMESTAMPTZ)
    GROUP BY development_id
),
measures AS (
    SELECT measure_id, arg_max(measure_key, revision) AS measure_key
    FROM store.measures
    WHERE recorded_at <= CAST(ts AS TIMESTAMPTZ)
    GROUP BY measure_id
)
SELECT
    held.* EXCLUDE (retracted, superseded_by, digest),
    measures.measure_key,
    family.family
FROM store.dated_developments AS held
JOIN then_newest
    ON then_newest.development_id = held.development_id AND then_newest.revision = held.revision
LEFT JOIN measures ON measures.measure_id = held.measure_id
LEFT JOIN event_families AS family ON family.type = held.type
WHERE NOT held.retracted;

COMMENT ON MACRO TABLE policy_events_as_recorded IS 'One row per development as the warehouse held it at ts: before a later extractor, report or review decision changed it. effective_date and end_date are deprecated, as in policy_events.';
