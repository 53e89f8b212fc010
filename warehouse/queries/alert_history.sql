-- One row per development first reported since a day: what a rule can be tried on.
SELECT development_id
FROM policy_events
WHERE coalesce(first_reported_at, first_seen_at) >= $since
ORDER BY coalesce(first_reported_at, first_seen_at), development_id
