-- One row per cell of the signed prior.
SELECT type, role, place, sign, reason
FROM store.exposure_signs
ORDER BY type, role, place;
