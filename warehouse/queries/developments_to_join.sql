-- One row per development of chosen_batch: its leading mention with the values of all its reports,
-- and the text that contains the mention. Goods are those of its own article and of most articles:
-- a report that names none may have been linked to one of another product.
WITH told AS (
    SELECT
        reported.development_id, said.article_id,
        list_distinct(flatten(list(coalesce(said.commodities, [])))) AS goods
    FROM chosen_batch AS chosen
    JOIN store.development_mentions AS reported ON reported.development_id = chosen.development_id
    JOIN store.developments AS held
        ON held.development_id = chosen.development_id AND held.revision = chosen.revision
    JOIN store.event_mentions AS said
        ON said.mention_id = reported.mention_id
        AND said.extractor_version = held.extractor_version
    GROUP BY reported.development_id, said.article_id
),
counted AS (
    SELECT told.development_id, good.good, count(*) AS article_count
    FROM told, unnest(told.goods) AS good(good)
    GROUP BY told.development_id, good.good
),
few AS (
    SELECT counted.development_id, list(counted.good) AS goods
    FROM counted
    JOIN store.developments AS held ON held.development_id = counted.development_id
    JOIN chosen_batch AS chosen
        ON chosen.development_id = held.development_id AND chosen.revision = held.revision
    WHERE counted.article_count * 2 <= (
            SELECT count(*) FROM told WHERE told.development_id = counted.development_id
        )
        AND NOT EXISTS (
            SELECT 1 FROM told
            WHERE told.development_id = counted.development_id
                AND told.article_id = held.article_id
                AND list_contains(told.goods, counted.good)
        )
    GROUP BY counted.development_id
)
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
        list_filter(held.commodities, lambda good: NOT list_contains(coalesce(few.goods, []), good))
            AS commodities,
        held.companies AS company_texts
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
LEFT JOIN few ON few.development_id = held.development_id
LEFT JOIN store.articles AS source
    ON source.article_id = held.article_id AND source.version = held.article_version
LEFT JOIN store.article_texts AS kept
    ON kept.article_id = held.article_id AND kept.version = held.article_version
ORDER BY held.article_id, held.first_seen_at, held.development_id;
