-- One row per text that the extractor refused, and per item that a later stage could not process.
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

COMMENT ON VIEW rejects IS 'One row per text that the extractor refused, and per item that a later stage could not process.';
COMMENT ON COLUMN rejects.stage IS 'Stage that left it out: extract, link, tickers, copies or index.';
COMMENT ON COLUMN rejects.kind IS 'too_slow (over its time budget), crashed (the process that read it ended), fault (an error in our code), not_read (not a text we read: empty, too long, another language, no prose).';
COMMENT ON COLUMN rejects.reason IS 'Reason in one line. For a fault: class and place of the error. For a slow text: its budget and the seconds spent.';
COMMENT ON COLUMN rejects.item_id IS 'Id of what was left out: a development for the stage tickers, an article for all others.';
COMMENT ON COLUMN rejects.article_id IS 'The article it is or belongs to; NULL when it belongs to no single article.';
COMMENT ON COLUMN rejects.article_version IS 'Version of the text; stage extract only.';
COMMENT ON COLUMN rejects.extractor_version IS 'Extractor that refused it; a later version tries again. Stage extract only.';
COMMENT ON COLUMN rejects.rejected_at IS 'When it was left out, UTC.';
