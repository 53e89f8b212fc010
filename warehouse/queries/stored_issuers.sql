-- One row per issuer, in the order of the input.
SELECT issuer_id, name, country, cik, sector, aliases, ambiguous_aliases
FROM store.issuers
ORDER BY position;
