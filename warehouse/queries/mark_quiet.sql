-- One row per article of quiet_batch to mark; not those whose reports may still raise alerts.
INSERT INTO store.quiet_reports BY NAME
SELECT given.article_id, given.version, $backfill_id AS backfill_id,
    CAST($now AS TIMESTAMPTZ) AS recorded_at
FROM quiet_batch AS given
ANTI JOIN store.quiet_reports AS held
    ON held.article_id = given.article_id AND held.version = given.version
ANTI JOIN (
    SELECT linked.article_id
    FROM store.development_mentions AS linked
    ANTI JOIN store.alert_considered AS asked ON asked.development_id = linked.development_id
) AS owed ON owed.article_id = given.article_id;
