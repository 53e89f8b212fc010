-- One row per development with a notice: the highest severity among its rules, and the rules.
SELECT
    development_id,
    CASE min(CASE severity WHEN 'flash' THEN 0 WHEN 'urgent' THEN 1 ELSE 2 END)
        WHEN 0 THEN 'flash' WHEN 1 THEN 'urgent' ELSE 'notice'
    END AS severity,
    list(DISTINCT rule_id ORDER BY rule_id) AS rules
FROM alerts
WHERE kind = 'single' AND development_id IS NOT NULL
GROUP BY development_id
