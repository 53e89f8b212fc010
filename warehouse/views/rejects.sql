-- One row per text the extractor refused, and per thing a later stage could not work on.
CREATE OR REPLACE VIEW rejects AS
WITH refused AS (
    SELECT
        'extract' AS stage, article_id AS item_id, article_id, version AS article_version,
        reject AS reason, extractor_version, extracted_at AS rejected_at
    FROM store.extractions
    WHERE reject IS NOT NULL
    UNION ALL BY NAME
    SELECT stage, item_id, article_id, reason, rejected_at FROM store.stage_rejects
)
SELECT
    stage,
    CASE
        WHEN reason LIKE 'too_slow:%' THEN 'too_slow'
        WHEN reason LIKE 'crashed:%' THEN 'crashed'
        WHEN reason LIKE 'failed:%' OR regexp_matches(reason, '\(at [\w.]+:\d+\)$') THEN 'fault'
        ELSE 'not_read'
    END AS kind,
    reason,
    item_id,
    article_id,
    article_version,
    extractor_version,
    rejected_at
FROM refused;

COMMENT ON VIEW rejects IS 'One row per text the extractor refused, and per thing a later stage could not work on.';
COMMENT ON COLUMN rejects.stage IS 'Stage that left it out: extract, link, tickers, copies or index.';
COMMENT ON COLUMN rejects.kind IS 'too_slow (over its budget of time), crashed (ended the process reading it), fault (an error in our own code), not_read (no text of ours: empty, too long, another language, no prose).';
COMMENT ON COLUMN rejects.reason IS 'Why, on one line; of a fault the class of the error and its place, of a slow text its budget and the seconds spent.';
COMMENT ON COLUMN rejects.item_id IS 'What was left out: an article, or of the stage tickers a development.';
COMMENT ON COLUMN rejects.article_id IS 'Article it is or belongs to; NULL where it is no one article.';
COMMENT ON COLUMN rejects.article_version IS 'Version of the text, of the stage extract.';
COMMENT ON COLUMN rejects.extractor_version IS 'Extractor that refused it; a later one tries again. Of the stage extract.';
COMMENT ON COLUMN rejects.rejected_at IS 'When it was left out.';
