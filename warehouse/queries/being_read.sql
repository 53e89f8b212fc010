-- One row per article that a worker other than $owner is reading.
SELECT resource
FROM store.leases
WHERE resource LIKE 'article:%'
    AND owner <> $owner
    AND leased_until BETWEEN now() AND now() + INTERVAL 2 HOUR;
