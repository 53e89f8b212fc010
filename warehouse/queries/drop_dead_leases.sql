-- Leases of the batch's resources that ran out before now, were taken by a clock that was ahead (no
-- lease is longer than an hour), or are the owner's own already.
DELETE FROM store.leases
WHERE resource IN (SELECT resource FROM lease_batch)
    AND (
        leased_until NOT BETWEEN $at AND $at::TIMESTAMPTZ + INTERVAL 2 HOUR
        OR owner = $owner
    );
