-- One row per development of the report and article that reports it, at most $most_sources of a
-- development, the earliest.
WITH told AS (
    SELECT
        found.development_id,
        found.article_id,
        arg_min(found.sentence, (found.first_seen_at, found.start_char)) AS sentence,
        arg_min(found.novelty, (found.first_seen_at, found.start_char)) AS novelty,
        max(found.withdrawn) AS withdrawn,
        max(found.withdrawn_at) AS withdrawn_at,
        min(found.first_seen_at) AS seen_at
    FROM event_mentions AS found
    SEMI JOIN report_steps AS step ON step.development_id = found.development_id
    WHERE found.told
    GROUP BY found.development_id, found.article_id
),
first AS (
    SELECT *
    FROM told
    QUALIFY row_number() OVER (
        PARTITION BY development_id ORDER BY seen_at, article_id
    ) <= $most_sources
)
SELECT
    first.development_id,
    first.sentence,
    first.novelty,
    first.withdrawn,
    first.withdrawn_at,
    first.seen_at,
    source.publisher,
    source.title,
    source.url,
    source.published_at
FROM first
LEFT JOIN (SELECT article_id, publisher, title, url, published_at FROM articles) AS source
    ON source.article_id = first.article_id
