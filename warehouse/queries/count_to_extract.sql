-- One row: how many articles wait for the extractor, including those being read now.
SELECT count(*)
FROM store.unread
WHERE refused_by IS DISTINCT FROM $extractor_version;
