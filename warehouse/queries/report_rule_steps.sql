-- One row per step of the report that $rule matched, newest first: at most $most_entries.
SELECT *
FROM report_steps
WHERE list_contains(rules, $rule)
ORDER BY first_seen_at DESC, development_id
LIMIT $most_entries
