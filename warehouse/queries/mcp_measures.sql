-- One row per measure that matches the filters: with $until those whose status changes by itself
-- from today until then, soonest first; with $words the best match first; or else the latest.
-- $words counts against the articles that report its steps (BM25) and against its key.
WITH hits AS (
    SELECT step.measure_id, max(found.score) AS score
    FROM search_articles(coalesce($words, '')) AS found
    JOIN event_mentions AS mention ON mention.article_id = found.article_id
    JOIN policy_events AS step ON step.development_id = mention.development_id
    GROUP BY step.measure_id
),
wanted AS (
    SELECT
        measure.*,
        coalesce(hits.score, 0)
            + if(contains(lower(measure.measure_key), lower($words)), 100, 0) AS score
    FROM measure_status AS measure
    LEFT JOIN hits ON hits.measure_id = measure.measure_id
)
SELECT
    measure.measure_id, measure.measure_key, measure.part_of, measure.type, measure.status_today,
    measure.next_date, measure.next_precision, measure.next_step, measure.actors, measure.targets,
    measure.commodities, measure.companies, measure.rate_value, measure.rate_unit, measure.step_count,
    measure.last_step_date, measure.disputed, measure.tickers, measure.first_seen_at,
    step.grade, step.evidence AS quote, step.headline, step.first_source, step.first_url,
    step.article_id, step.article_version, step.first_seen_at AS seen_at
FROM wanted AS measure
JOIN policy_events AS step ON step.development_id = measure.last_development_id
WHERE ($words IS NULL OR measure.score > 0)
    AND ($measure IS NULL
        OR measure.measure_id = lower($measure) OR lower(measure.measure_key) = lower($measure))
    AND ($until IS NULL OR measure.next_date BETWEEN current_date AND CAST($until AS DATE))
    AND ($actor IS NULL OR list_contains(measure.actors, $actor))
    AND ($target IS NULL OR list_contains(measure.targets, $target))
    AND ($commodity IS NULL OR list_contains(measure.commodities, $commodity))
    AND ($ticker IS NULL
        OR len(list_filter(measure.tickers, t -> t = $ticker OR suffix(t, ':' || $ticker))) > 0)
    AND ($type IS NULL OR measure.type = $type)
    AND ($status IS NULL OR measure.status_today = $status)
ORDER BY
    if($until IS NULL, NULL, measure.next_date), measure.score DESC, measure.last_step_date DESC,
    measure.measure_id
LIMIT $row_limit;
