-- Leases of the batch's resources that ran out before now, or are the owner's own already.
DELETE FROM store.leases
WHERE resource IN (SELECT resource FROM lease_batch)
    AND (leased_until < $at OR owner = $owner);
