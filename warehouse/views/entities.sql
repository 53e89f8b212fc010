-- One row per name found in texts: a known entity by its id, any other by label and text.
CREATE OR REPLACE VIEW entities AS
WITH newest AS (
    SELECT article_id, version, arg_max(extractor_version, extracted_at) AS extractor_version
    FROM store.extractions
    GROUP BY article_id, version
)
SELECT
    found.label,
    coalesce(found.entity_id, found.text) AS entity,
    found.entity_id IS NOT NULL AS is_known,
    mode(found.text) AS usual_text,
    count(*) AS mention_count,
    count(DISTINCT found.article_id) AS article_count,
    min(source.first_seen_at) AS first_seen_at,
    max(source.first_seen_at) AS last_seen_at
FROM store.entity_mentions AS found
JOIN newest
    ON newest.article_id = found.article_id
    AND newest.version = found.article_version
    AND newest.extractor_version = found.extractor_version
JOIN store.articles AS source
    ON source.article_id = found.article_id AND source.version = found.article_version
GROUP BY found.label, coalesce(found.entity_id, found.text), found.entity_id IS NOT NULL;

COMMENT ON VIEW entities IS 'One row per name found in texts: a known entity by its id, any other by label and text.';
COMMENT ON COLUMN entities.label IS 'COUNTRY, AGENCY, COMPANY, COMMODITY, INSTRUMENT, or a spaCy entity label.';
COMMENT ON COLUMN entities.entity IS 'Entity id when known, else the text.';
COMMENT ON COLUMN entities.is_known IS 'True when the entity is in the reference data.';
COMMENT ON COLUMN entities.usual_text IS 'Its most frequent spelling.';
COMMENT ON COLUMN entities.mention_count IS 'Number of mentions.';
COMMENT ON COLUMN entities.article_count IS 'Number of articles with a mention.';
COMMENT ON COLUMN entities.first_seen_at IS 'When the first of these articles reached us, UTC.';
COMMENT ON COLUMN entities.last_seen_at IS 'When the last of these articles reached us, UTC.';
