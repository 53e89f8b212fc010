-- One row per mute and measure it covers: the one it names, and once linking has dissolved that one,
-- those that took up its developments.
-- after: mute_spans, standing_developments, standing_measures
CREATE OR REPLACE VIEW store.muted_measures AS
WITH dissolved AS (
    SELECT span.*
    FROM store.mute_spans AS span
    ANTI JOIN store.standing_measures AS held ON held.measure_id = span.measure_id
),
steps AS (
    SELECT gone.mute_id, was.development_id, was.superseded_by
    FROM dissolved AS gone
    JOIN store.developments AS was ON was.measure_id = gone.measure_id
),
heirs AS (
    SELECT step.mute_id, held.measure_id
    FROM steps AS step
    JOIN store.standing_developments AS held ON held.development_id = step.development_id
    UNION
    SELECT step.mute_id, held.measure_id
    FROM steps AS step
    JOIN store.standing_developments AS held ON held.development_id = step.superseded_by
)
SELECT mute_id, measure_id, muted_at, ends_at
FROM store.mute_spans
UNION
SELECT span.mute_id, heir.measure_id, span.muted_at, span.ends_at
FROM heirs AS heir
JOIN store.mute_spans AS span ON span.mute_id = heir.mute_id;

COMMENT ON VIEW store.muted_measures IS 'One row per mute and measure it covers. Read alert_mutes instead.';
