-- One row per development of the articles that a re-extraction read: before and now.
-- after: policy_events, policy_events_before, readings
CREATE OR REPLACE MACRO reading_changes(reading) AS TABLE
WITH span AS (
    SELECT extractor_version, started_at, coalesce(ended_at, now()) AS ended_at
    FROM readings
    WHERE reading_id = reading
),
again AS (
    SELECT DISTINCT read.article_id
    FROM store.extractions AS read
    JOIN span
        ON span.extractor_version = read.extractor_version
        AND read.extracted_at BETWEEN span.started_at AND span.ended_at
),
was AS (
    SELECT held.* FROM policy_events_before(reading) AS held
    SEMI JOIN again ON again.article_id = held.article_id
),
is_now AS (
    SELECT held.* FROM policy_events AS held
    SEMI JOIN again ON again.article_id = held.article_id
)
SELECT
    coalesce(is_now.development_id, was.development_id) AS development_id,
    CASE
        WHEN was.development_id IS NULL THEN 'new'
        WHEN is_now.development_id IS NULL THEN 'gone'
        WHEN (was.type, was.status, was.decision_date, was.actors, was.targets, was.commodities,
                was.rate_value, was.ends_on)
            IS DISTINCT FROM (is_now.type, is_now.status, is_now.decision_date, is_now.actors,
                is_now.targets, is_now.commodities, is_now.rate_value, is_now.ends_on)
            THEN 'changed'
        ELSE 'same'
    END AS change,
    was.measure_key AS measure_key_before,
    is_now.measure_key AS measure_key_now,
    was.type AS type_before,
    is_now.type AS type_now,
    was.status AS status_before,
    is_now.status AS status_now,
    was.decision_date AS decision_date_before,
    is_now.decision_date AS decision_date_now,
    was.rate_value AS rate_value_before,
    is_now.rate_value AS rate_value_now,
    was.ends_on AS ends_on_before,
    is_now.ends_on AS ends_on_now,
    was.extractor_version AS extractor_version_before,
    is_now.extractor_version AS extractor_version_now,
    coalesce(is_now.article_id, was.article_id) AS article_id
FROM is_now
FULL JOIN was ON was.development_id = is_now.development_id;

COMMENT ON MACRO TABLE reading_changes IS 'One row per development of the articles that the given re-extraction read again: before (columns _before) and now (columns _now). change is same, changed, new or gone.';
