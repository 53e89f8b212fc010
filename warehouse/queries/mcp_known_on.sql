-- One row per development with a report that had reached us by $known_at, latest first; no value
-- comes from a later report.
SELECT
    development_id, measure_id, measure_key, type, status, status_target, factuality, time_frame,
    decision_date, decision_precision, effective_on, effective_precision, ends_on, ends_precision,
    ends_basis, duration, actors, targets, commodities, products, companies, rate_value, rate_unit, instrument, source_count, grade,
    official_source, official_seen_at, last_seen_at,
    evidence AS quote, headline, first_source, first_url, article_id, article_version,
    first_seen_at AS seen_at
FROM policy_events_as_of(CAST($known_at AS TIMESTAMPTZ))
WHERE ($measure IS NULL OR measure_id = lower($measure) OR lower(measure_key) = lower($measure))
    AND ($actor IS NULL OR list_contains(actors, $actor))
    AND ($target IS NULL OR list_contains(targets, $target))
    AND ($commodity IS NULL OR list_contains(commodities, $commodity))
    AND ($type IS NULL OR type = $type)
    AND ($since IS NULL OR first_seen_at >= CAST($since AS TIMESTAMPTZ))
ORDER BY first_seen_at DESC, development_id
LIMIT $row_limit;
