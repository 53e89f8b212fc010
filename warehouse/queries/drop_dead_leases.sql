-- Deletes leases on the batch's resources that expired, that belong to the owner already, or that a
-- clock that ran ahead took (no lease is longer than an hour).
DELETE FROM store.leases
WHERE resource IN (SELECT resource FROM lease_batch)
    AND (
        leased_until NOT BETWEEN $at AND $at::TIMESTAMPTZ + INTERVAL 2 HOUR
        OR owner = $owner
    );
