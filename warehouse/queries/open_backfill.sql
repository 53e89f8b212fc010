-- One row: a backfill as ordered. An order repeated after its end is opened again.
MERGE INTO store.backfills AS held
USING (
    SELECT
        $backfill_id AS backfill_id, $kind AS kind, $source AS source, $feed_id AS feed_id,
        CAST($from_date AS DATE) AS from_date, CAST($to_date AS DATE) AS to_date,
        $predicate AS predicate, $extractor_version AS extractor_version,
        CAST($alerts AS BOOLEAN) AS alerts, CAST($now AS TIMESTAMPTZ) AS started_at
) AS given
ON held.backfill_id = given.backfill_id
WHEN MATCHED THEN UPDATE SET ended_at = NULL
WHEN NOT MATCHED THEN INSERT BY NAME;
