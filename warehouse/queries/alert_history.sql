-- One row per development first reported since a given day, to try a rule on.
SELECT development_id
FROM policy_events
WHERE coalesce(first_reported_at, first_seen_at) >= $since
ORDER BY coalesce(first_reported_at, first_seen_at), development_id
