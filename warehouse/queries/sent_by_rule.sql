-- One row per rule that sent something: how many notices, a digest counted once.
SELECT rule_id, count(*) AS sent
FROM alerts
WHERE state = 'sent' AND folded_into IS NULL
GROUP BY rule_id
