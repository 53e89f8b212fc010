-- One row per article, development and mention: what an article of the demo tells of a step.
SELECT
    regexp_extract(article.guid, ':([^:]+)$', 1) AS article,
    step.development_id AS development,
    step.rate_value AS rate,
    coalesce(step.end_date, step.ends_on::VARCHAR) AS ends,
    mention.type,
    mention.status,
    mention.factuality,
    mention.time_frame,
    mention.actors,
    mention.targets,
    mention.commodities
FROM store.development_mentions AS linked
JOIN store.event_mentions AS mention USING (mention_id)
JOIN store.articles AS article
    ON article.article_id = mention.article_id AND article.version = mention.article_version
JOIN store.standing_developments AS step ON step.development_id = linked.development_id
WHERE linked.withdrawn IS NULL
ORDER BY article, development, mention.field DESC, mention.start_char
