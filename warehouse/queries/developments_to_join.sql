-- One row per development of chosen_batch: its leading mention with the values of all its reports,
-- and the text that contains the mention. Goods and confidence are the leading mention's own: what
-- other reports of the development add is too often another matter, and would put wrong listings
-- beside the news. A title shortens, so where it leads, the first sentence of its text that tells the
-- step adds its goods. A step that an official text confirms is sure; where it leads with an act's title
-- that names no goods ("Announcement No. 70"), the goods are those of all its reports.
SELECT
    held.development_id,
    held.revision,
    lead.* REPLACE (
        held.type AS type,
        held.status AS status,
        held.status_target AS status_target,
        held.factuality AS factuality,
        held.polarity AS polarity,
        held.actors AS actors,
        held.targets AS targets,
        held.companies AS company_texts,
        CASE
            WHEN held.grade = 'confirmed' AND len(lead.commodities) = 0 THEN held.commodities
            ELSE lead.commodities || list_filter(
                coalesce(body.commodities, []), lambda good: NOT list_contains(lead.commodities, good)
            )
        END AS commodities,
        CASE WHEN held.grade = 'confirmed' THEN 1.0 ELSE lead.confidence END AS confidence
    ),
    source.title,
    kept.text,
    CAST(held.first_seen_at AS DATE) AS seen_on
FROM chosen_batch AS chosen
JOIN store.developments AS held
    ON held.development_id = chosen.development_id AND held.revision = chosen.revision
JOIN store.event_mentions AS lead
    ON lead.mention_id = held.lead_mention_id
    AND lead.extractor_version = held.extractor_version
LEFT JOIN LATERAL (
    SELECT arg_min(told.commodities, told.start_char) AS commodities
    FROM store.development_mentions AS linked
    JOIN store.event_mentions AS told
        ON told.mention_id = linked.mention_id
        AND told.extractor_version = linked.extractor_version
    WHERE linked.development_id = held.development_id
        AND linked.article_id = held.article_id AND told.field = 'body' AND lead.field = 'title'
) AS body ON TRUE
LEFT JOIN store.articles AS source
    ON source.article_id = held.article_id AND source.version = held.article_version
LEFT JOIN store.article_texts AS kept
    ON kept.article_id = held.article_id AND kept.version = held.article_version
ORDER BY held.article_id, held.first_seen_at, held.development_id;
