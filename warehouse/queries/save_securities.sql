-- Adds or updates the securities of issuer_batch and the other batches. Unchanged rows are not
-- written: a load that changes one row writes one row.
MERGE INTO store.issuers AS held
USING (SELECT *, now() AS updated_at FROM issuer_batch) AS given
ON held.issuer_id = given.issuer_id
WHEN MATCHED AND (
    (held.name, held.country, held.cik, held.sector, held.aliases, held.ambiguous_aliases, held.position)
    IS DISTINCT FROM
    (given.name, given.country, given.cik, given.sector, given.aliases, given.ambiguous_aliases, given.position)
) THEN UPDATE BY NAME
WHEN NOT MATCHED THEN INSERT BY NAME;

-- When a listing moves to another issuer, the old row ends where the new one begins.
UPDATE store.listings AS held
SET valid_to = coalesce(given.valid_from, current_date), updated_at = now()
FROM listing_batch AS given
WHERE held.listing_id = given.listing_id
    AND held.issuer_id <> given.issuer_id
    AND held.valid_to IS NULL;

-- FIGIs from OpenFIGI stay when the files have none.
MERGE INTO store.listings AS held
USING (
    SELECT batch.* REPLACE (
            coalesce(batch.isin, old.isin) AS isin,
            coalesce(batch.figi, old.figi) AS figi
        ),
        now() AS updated_at
    FROM listing_batch AS batch
    LEFT JOIN store.listings AS old
        ON old.listing_id = batch.listing_id AND old.issuer_id = batch.issuer_id
) AS given
ON held.listing_id = given.listing_id AND held.issuer_id = given.issuer_id
WHEN MATCHED AND (
    (held.mic, held.ticker, held.currency, held.isin, held.figi, held.valid_from, held.valid_to,
        held.source, held.benchmark_id, held.position)
    IS DISTINCT FROM
    (given.mic, given.ticker, given.currency, given.isin, given.figi, given.valid_from, given.valid_to,
        given.source, given.benchmark_id, given.position)
) THEN UPDATE BY NAME
WHEN NOT MATCHED THEN INSERT BY NAME;

-- Names, exposures and signs are replaced: what the files no longer hold is deleted.
DELETE FROM store.company_aliases;
INSERT INTO store.company_aliases BY NAME SELECT *, now() AS updated_at FROM alias_batch;

DELETE FROM store.exposures;
INSERT INTO store.exposures BY NAME SELECT *, now() AS updated_at FROM exposure_batch;

DELETE FROM store.exposure_signs;
INSERT INTO store.exposure_signs BY NAME SELECT *, now() AS updated_at FROM sign_batch;

MERGE INTO store.markets AS held
USING (SELECT *, now() AS updated_at FROM market_batch) AS given
ON held.mic = given.mic
WHEN MATCHED AND (
    (held.name, held.currency, held.calendar) IS DISTINCT FROM (given.name, given.currency, given.calendar)
) THEN UPDATE BY NAME
WHEN NOT MATCHED THEN INSERT BY NAME;
