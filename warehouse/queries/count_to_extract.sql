-- One row: how many articles wait for the extractor, those being read among them.
SELECT count(*)
FROM store.unread
WHERE refused_by IS DISTINCT FROM $extractor_version;
