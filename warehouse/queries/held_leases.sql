-- One row per resource of the batch on which the owner holds the lease.
SELECT held.resource
FROM store.leases AS held
SEMI JOIN lease_batch AS given ON given.resource = held.resource
WHERE held.owner = $owner;
