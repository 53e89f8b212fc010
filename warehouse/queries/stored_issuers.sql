-- One row per issuer, in the order they were given.
SELECT issuer_id, name, country, cik, sector, aliases, ambiguous_aliases
FROM store.issuers
ORDER BY position;
