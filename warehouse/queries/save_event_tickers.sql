-- Replaces the tickers of the developments in pass_batch.
DELETE FROM store.event_tickers
WHERE development_id IN (SELECT development_id FROM pass_batch);

INSERT INTO store.event_tickers BY NAME
SELECT DISTINCT given.*, now() AS recorded_at
FROM ticker_batch AS given;

MERGE INTO store.ticker_passes AS held
USING (SELECT *, now() AS recorded_at FROM pass_batch) AS given
ON held.development_id = given.development_id
WHEN MATCHED THEN UPDATE BY NAME
WHEN NOT MATCHED THEN INSERT BY NAME;
