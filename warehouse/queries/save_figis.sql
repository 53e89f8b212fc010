-- Stores the FIGIs of figi_batch for current listings without one.
UPDATE store.listings AS held
SET figi = given.figi, updated_at = now()
FROM figi_batch AS given
WHERE held.listing_id = given.listing_id AND held.figi IS NULL AND held.valid_to IS NULL;
