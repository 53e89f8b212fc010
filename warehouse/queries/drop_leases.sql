-- Deletes the owner's leases on the batch's resources.
DELETE FROM store.leases
WHERE resource IN (SELECT resource FROM lease_batch) AND owner = $owner;
