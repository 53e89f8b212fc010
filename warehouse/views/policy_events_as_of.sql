-- One row per development with a report that had reached us by `ts`, with what these reports say.
-- The grouping of reports is today's linking; no value comes from a later report.
-- after: standing_measures, event_families
CREATE OR REPLACE MACRO policy_events_as_of(ts) AS TABLE
WITH known AS (
    SELECT
        linked.development_id, linked.publisher, linked.first_seen_at AS seen_at,
        linked.reported_at, found.*,
        list_filter(found.rates, lambda r: r.role <> 'previous_rate')[1] AS rate,
        list_filter(found.dates, lambda d: d.role = 'date_announced')[1].date AS announced_text,
        list_filter(found.dates, lambda d: d.role = 'date_effective')[1].date AS effective_text,
        list_filter(found.dates, lambda d: d.role IN ('date_end', 'deadline'))[1].date AS end_text,
        CASE found.status WHEN 'announced' THEN 1 WHEN 'adopted' THEN 2 WHEN 'in_force' THEN 3 ELSE 0 END
            AS stage
    FROM store.development_mentions AS linked
    JOIN store.event_mentions AS found
        ON found.mention_id = linked.mention_id
        AND found.extractor_version = linked.extractor_version
    WHERE linked.first_seen_at <= CAST(ts AS TIMESTAMPTZ)
        -- Leave out what its own source had withdrawn by then.
        AND (linked.withdrawn_at IS NULL OR linked.withdrawn_at > CAST(ts AS TIMESTAMPTZ))
),
reported AS (
    SELECT
        development_id,
        arg_min(type, (reported_at, mention_id)) AS type,
        arg_min(status, (-stage, reported_at, mention_id)) AS status,
        arg_min(status_target, (reported_at, mention_id)) AS status_target,
        arg_min(factuality, (reported_at, mention_id)) AS factuality,
        arg_min(time_frame, (reported_at, mention_id)) AS time_frame,
        arg_min(polarity, (reported_at, mention_id)) AS polarity,
        list_distinct(flatten(list(actors ORDER BY reported_at))) AS actors,
        list_distinct(flatten(list(targets ORDER BY reported_at))) AS targets,
        list_distinct(flatten(list(commodities ORDER BY reported_at))) AS commodities,
        list_distinct(flatten(list(product_texts ORDER BY reported_at))) AS products,
        list_distinct(flatten(list(coalesce(hs_codes, []) ORDER BY reported_at))) AS hs_codes,
        list_distinct(flatten(list(company_texts ORDER BY reported_at))) AS companies,
        arg_min(rate.value, (reported_at, mention_id)) FILTER (rate IS NOT NULL) AS rate_value,
        arg_min(rate.unit, (reported_at, mention_id)) FILTER (rate IS NOT NULL) AS rate_unit,
        arg_min(announced_text, (reported_at, mention_id)) FILTER (announced_text IS NOT NULL)
            AS decision_text,
        arg_min(effective_text, (reported_at, mention_id)) FILTER (effective_text IS NOT NULL)
            AS effective_date,
        arg_min(end_text, (reported_at, mention_id)) FILTER (end_text IS NOT NULL) AS end_date,
        arg_min(duration, (reported_at, mention_id)) FILTER (duration IS NOT NULL) AS duration,
        arg_min(instrument, (reported_at, mention_id)) FILTER (instrument IS NOT NULL)
            AS instrument,
        arg_min(sentence, (seen_at, reported_at, mention_id)) AS evidence,
        arg_min(article_id, (seen_at, reported_at, mention_id)) AS article_id,
        arg_min(article_version, (seen_at, reported_at, mention_id)) AS article_version,
        arg_min(publisher, (seen_at, reported_at, mention_id)) AS first_source,
        min(seen_at) AS first_seen_at,
        min(reported_at) AS first_reported_at,
        max(seen_at) AS last_seen_at,
        count(DISTINCT publisher) AS source_count,
        count(*) AS mention_count
    FROM known
    GROUP BY development_id
)
SELECT
    reported.development_id,
    step.measure_id,
    measure.measure_key,
    reported.type,
    family.family,
    reported.status,
    reported.status_target,
    reported.factuality,
    reported.time_frame,
    reported.polarity,
    reported.actors,
    reported.targets,
    reported.commodities,
    reported.products,
    reported.hs_codes,
    reported.companies,
    reported.rate_value,
    reported.rate_unit,
    coalesce(reported.decision_text, strftime(reported.first_reported_at, '%Y-%m-%d'))
        AS decision_date,
    reported.effective_date,
    reported.end_date,
    reported.duration,
    reported.instrument,
    source.title AS headline,
    reported.evidence,
    reported.first_source,
    source.url AS first_url,
    source.published_at,
    reported.first_seen_at,
    reported.first_reported_at,
    reported.last_seen_at,
    reported.source_count,
    reported.mention_count,
    reported.article_id,
    reported.article_version
FROM reported
JOIN store.development_states AS step ON step.development_id = reported.development_id
LEFT JOIN store.standing_measures AS measure ON measure.measure_id = step.measure_id
LEFT JOIN event_families AS family ON family.type = reported.type
LEFT JOIN store.articles AS source
    ON source.article_id = reported.article_id AND source.version = reported.article_version;

COMMENT ON MACRO TABLE policy_events_as_of IS 'One row per development with at least one report that had reached us by ts, with what these reports say; no value comes from a later report.';
