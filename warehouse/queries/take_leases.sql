-- One row per resource of the batch that nobody else has leased.
INSERT INTO store.leases
SELECT given.resource, $owner, $leased_until
FROM lease_batch AS given
ANTI JOIN store.leases AS held ON held.resource = given.resource;
