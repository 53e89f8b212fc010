-- One row per re-extraction: which articles were read again, and when.
CREATE OR REPLACE VIEW readings AS
SELECT
    held.backfill_id AS reading_id,
    held.extractor_version,
    held.from_date,
    held.to_date,
    nullif(held.predicate, '') AS predicate,
    coalesce(done.article_count, 0) AS article_count,
    coalesce(done.mention_count, 0) AS mention_count,
    held.started_at,
    held.ended_at
FROM store.backfills AS held
LEFT JOIN (
    SELECT backfill_id, sum(article_count) AS article_count, sum(mention_count) AS mention_count
    FROM store.backfill_chunks
    GROUP BY backfill_id
) AS done ON done.backfill_id = held.backfill_id
WHERE held.kind = 'reextract';

COMMENT ON VIEW readings IS 'One row per re-extraction: which articles a later extractor read again, and when.';
COMMENT ON COLUMN readings.reading_id IS 'Id of the re-extraction; the parameter of policy_events_before and reading_changes.';
COMMENT ON COLUMN readings.extractor_version IS 'Version of the extractor that read them again.';
COMMENT ON COLUMN readings.from_date IS 'Earliest first_seen_at of its articles (day, UTC); NULL for no limit.';
COMMENT ON COLUMN readings.to_date IS 'Latest first_seen_at of its articles (day, UTC, inclusive); NULL for no limit.';
COMMENT ON COLUMN readings.predicate IS 'Condition on the view articles; NULL for all articles.';
COMMENT ON COLUMN readings.article_count IS 'Articles read again so far.';
COMMENT ON COLUMN readings.mention_count IS 'Mentions found in them.';
COMMENT ON COLUMN readings.started_at IS 'When it began, UTC.';
COMMENT ON COLUMN readings.ended_at IS 'When it was finished, UTC; NULL before that.';
