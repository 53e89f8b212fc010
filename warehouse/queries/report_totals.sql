-- One row: what the report stands on.
WITH read AS (
    SELECT
        count(*) AS articles,
        count(*) FILTER (event_count IS NOT NULL AND reject IS NULL) AS articles_read,
        count(*) FILTER (reject IS NOT NULL) AS articles_refused,
        min(first_seen_at) AS first_article_at,
        max(first_seen_at) AS last_article_at
    FROM articles
),
told AS (
    SELECT
        count(*) AS developments,
        max(first_seen_at) AS last_development_at,
        max(recorded_at) AS recorded_at,
        coalesce(list(DISTINCT extractor_version ORDER BY extractor_version), [])
            AS extractor_versions
    FROM store.standing_developments
)
SELECT
    read.*,
    told.*,
    (SELECT count(*) FROM store.standing_measures) AS measures,
    (SELECT count(*) FROM report_measures) AS measures_shown,
    (SELECT count(*) FROM report_steps) AS developments_shown,
    (SELECT max(session_date) FROM report_prices) AS last_session
FROM read, told
