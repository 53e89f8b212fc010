-- One row per expected direction: type, role and place.
SELECT type, role, place, sign, reason
FROM store.exposure_signs
ORDER BY type, role, place;
