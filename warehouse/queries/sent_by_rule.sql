-- One row per rule that sent notices: how many, a digest counts as one.
SELECT rule_id, count(*) AS sent
FROM alerts
WHERE state = 'sent' AND folded_into IS NULL
GROUP BY rule_id
