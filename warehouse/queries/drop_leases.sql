-- The owner's leases of the batch.
DELETE FROM store.leases
WHERE resource IN (SELECT resource FROM lease_batch) AND owner = $owner;
