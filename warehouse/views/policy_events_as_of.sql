-- One row per development with a report that had reached us by `ts`, with what these reports say.
-- The grouping of reports is today's linking; no value comes from a later report.
-- after: standing_developments, standing_measures, event_families
CREATE OR REPLACE MACRO policy_events_as_of(ts) AS TABLE
WITH known AS (
    SELECT
        linked.development_id, linked.publisher, linked.first_seen_at AS seen_at,
        linked.reported_at, linked.grade, coalesce(copies.group_id, linked.article_id) AS copy_group,
        found.*,
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
    LEFT JOIN store.article_copies AS copies ON copies.article_id = linked.article_id
    WHERE linked.first_seen_at <= CAST(ts AS TIMESTAMPTZ)
        -- Leave out what its own source had withdrawn by then.
        AND (linked.withdrawn_at IS NULL OR linked.withdrawn_at > CAST(ts AS TIMESTAMPTZ))
),
-- Only the first report of a publisher counts as a source, and only the first copy of a text. Who
-- denies a firm step is no source of it.
telling AS (
    SELECT
        development_id, publisher, copy_group,
        (reported_at, article_id, article_version, field <> 'title', start_char, mention_id) AS place,
        factuality <> 'negated' AS tells,
        bool_or(factuality NOT IN ('negated', 'question', 'speculative'))
            OVER (PARTITION BY development_id) AS is_firm
    FROM known
    QUALIFY tells OR NOT is_firm
),
sources AS (
    SELECT development_id, count(*) AS source_count
    FROM (
        SELECT
            development_id,
            row_number() OVER (PARTITION BY development_id, publisher ORDER BY place) AS of_publisher,
            row_number() OVER (PARTITION BY development_id, copy_group ORDER BY place) AS of_text
        FROM telling
    )
    WHERE of_publisher = 1 AND of_text = 1
    GROUP BY development_id
),
official AS (
    SELECT
        development_id,
        min(reported_at) AS reported_at,
        arg_min(seen_at, (reported_at, seen_at, publisher)) AS seen_at,
        arg_min(publisher, (reported_at, seen_at, publisher)) AS publisher
    FROM (
        SELECT development_id, reported_at, seen_at, publisher FROM known WHERE grade = 'confirmed'
        UNION ALL
        -- An official text on the next stage confirms this one.
        SELECT step.stage_of, known.reported_at, known.seen_at, known.publisher
        FROM known
        JOIN store.standing_developments AS step
            ON step.development_id = known.development_id AND step.stage_of IS NOT NULL
        WHERE known.grade = 'confirmed'
    )
    GROUP BY development_id
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
        max(list_position(['rumour', 'reported', 'confirmed'], grade)) AS grade,
        count(*) AS mention_count
    FROM known
    GROUP BY development_id
),
-- A date is text as precise as told: YYYY, YYYY-Qn, YYYY-MM or YYYY-MM-DD.
dates AS (
    SELECT
        development_id,
        list_transform(
            [
                coalesce(decision_text, strftime(first_reported_at, '%Y-%m-%d')),
                effective_date,
                end_date
            ],
            lambda t: {
                precision: CASE
                    WHEN t LIKE '%Q%' THEN 'quarter'
                    ELSE ['year', 'month', 'day'][length(t) // 3]
                END,
                first_day: try_cast(
                    CASE
                        WHEN t LIKE '%Q%'
                            THEN t[:5] || (3 * try_cast(t[7:] AS INTEGER) - 2) || '-01'
                        ELSE t || '-01-01'[length(t) - 3:]
                    END AS DATE
                )
            }
        ) AS told,
        regexp_extract(
            duration,
            '^P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?$',
            ['years', 'months', 'weeks', 'days']
        ) AS span
    FROM reported
),
days AS (
    SELECT
        development_id,
        told[1].first_day AS decision_date,
        told[1].precision AS decision_precision,
        told[2].first_day AS effective_on,
        told[2].precision AS effective_precision,
        CASE told[3].precision
            WHEN 'day' THEN told[3].first_day
            WHEN 'month' THEN last_day(told[3].first_day)
            WHEN 'quarter' THEN last_day((told[3].first_day + INTERVAL 2 MONTH)::DATE)
            WHEN 'year' THEN last_day((told[3].first_day + INTERVAL 11 MONTH)::DATE)
        END AS stated_end,
        CASE
            WHEN concat(span.years, span.months, span.weeks, span.days) <> ''
                THEN (
                    coalesce(effective_on, decision_date)
                    + to_months(
                        12 * coalesce(try_cast(span.years AS INTEGER), 0)
                        + coalesce(try_cast(span.months AS INTEGER), 0)
                    )
                    + to_days(
                        7 * coalesce(try_cast(span.weeks AS INTEGER), 0)
                        + coalesce(try_cast(span.days AS INTEGER), 0)
                    )
                )::DATE
        END AS counted_end,
        CASE
            WHEN stated_end IS NOT NULL THEN 'stated'
            WHEN year(counted_end) <= 2200 THEN 'duration'
        END AS ends_basis,
        CASE ends_basis WHEN 'stated' THEN stated_end WHEN 'duration' THEN counted_end END
            AS ends_on,
        CASE ends_basis
            WHEN 'stated' THEN told[3].precision
            WHEN 'duration' THEN coalesce(effective_precision, decision_precision)
        END AS ends_precision
    FROM dates
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
    days.decision_date,
    days.decision_precision,
    if(reported.decision_text IS NULL, 'reported', 'stated') AS decision_basis,
    days.effective_on,
    days.effective_precision,
    days.ends_on,
    days.ends_precision,
    days.ends_basis,
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
    sources.source_count,
    reported.mention_count,
    CASE
        WHEN reported.grade IS NOT NULL AND official.development_id IS NOT NULL THEN 'confirmed'
        ELSE ['rumour', 'reported', 'confirmed'][reported.grade]
    END AS grade,
    CASE WHEN reported.grade IS NOT NULL THEN official.publisher END AS official_source,
    CASE WHEN reported.grade IS NOT NULL THEN official.seen_at END AS official_seen_at,
    CASE WHEN reported.grade IS NOT NULL THEN official.reported_at END AS official_reported_at,
    reported.article_id,
    reported.article_version,
    reported.effective_date,
    reported.end_date
FROM reported
JOIN days ON days.development_id = reported.development_id
JOIN sources ON sources.development_id = reported.development_id
LEFT JOIN official ON official.development_id = reported.development_id
JOIN store.development_states AS step ON step.development_id = reported.development_id
LEFT JOIN store.standing_measures AS measure ON measure.measure_id = step.measure_id
LEFT JOIN event_families AS family ON family.type = reported.type
LEFT JOIN store.articles AS source
    ON source.article_id = reported.article_id AND source.version = reported.article_version;

COMMENT ON MACRO TABLE policy_events_as_of IS 'One row per development with at least one report that had reached us by ts, with what these reports say; no value comes from a later report. effective_date and end_date are deprecated, as in policy_events.';
