-- One row per additional name of an issuer.
SELECT issuer_id, alias, kind, gated, keep_near, reject_near
FROM store.company_aliases
ORDER BY issuer_id, alias;
