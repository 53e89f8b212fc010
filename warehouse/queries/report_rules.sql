-- One row per rule with a notice on a step of the report.
SELECT DISTINCT unnest(rules) AS rule_id FROM report_steps ORDER BY rule_id LIMIT 200
