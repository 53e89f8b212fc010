-- One row per step of the measure with this id or key, in order of time.
SELECT
    development_id, type, status, status_target, factuality, time_frame, decision_date,
    decision_precision, effective_on, effective_precision, ends_on, ends_precision, ends_basis,
    duration, actors, targets, commodities, products, companies, rate_value, rate_unit, amount_value, amount_unit, instrument, source_count,
    grade, official_source, official_seen_at,
    disputed, change_reason, confidence, tickers,
    evidence AS quote, headline, first_source, first_url, article_id, article_version,
    first_seen_at AS seen_at
FROM policy_events
WHERE measure_id = lower($measure) OR lower(measure_key) = lower($measure)
ORDER BY coalesce(decision_date, first_reported_at::DATE), first_seen_at, development_id
LIMIT $row_limit;
