-- The securities of issuer_batch and its fellows, added or brought up to date.
MERGE INTO store.issuers AS held
USING (SELECT *, now() AS updated_at FROM issuer_batch) AS given
ON held.issuer_id = given.issuer_id
WHEN MATCHED THEN UPDATE BY NAME
WHEN NOT MATCHED THEN INSERT BY NAME;

-- A listing whose issuer is another from now on ends where the new one begins.
UPDATE store.listings AS held
SET valid_to = coalesce(given.valid_from, current_date), updated_at = now()
FROM listing_batch AS given
WHERE held.listing_id = given.listing_id
    AND held.issuer_id <> given.issuer_id
    AND held.valid_to IS NULL;

MERGE INTO store.listings AS held
USING (SELECT *, now() AS updated_at FROM listing_batch) AS given
ON held.listing_id = given.listing_id AND held.issuer_id = given.issuer_id
WHEN MATCHED THEN UPDATE BY NAME
WHEN NOT MATCHED THEN INSERT BY NAME;

-- Names, exposures and the prior are as given: what is gone from the files is gone here.
DELETE FROM store.company_aliases;
INSERT INTO store.company_aliases BY NAME SELECT *, now() AS updated_at FROM alias_batch;

DELETE FROM store.exposures;
INSERT INTO store.exposures BY NAME SELECT *, now() AS updated_at FROM exposure_batch;

DELETE FROM store.exposure_signs;
INSERT INTO store.exposure_signs BY NAME SELECT *, now() AS updated_at FROM sign_batch;

MERGE INTO store.markets AS held
USING (SELECT *, now() AS updated_at FROM market_batch) AS given
ON held.mic = given.mic
WHEN MATCHED THEN UPDATE BY NAME
WHEN NOT MATCHED THEN INSERT BY NAME;
