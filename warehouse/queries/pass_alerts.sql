-- One row per notice raised since $since, highest severity first.
SELECT severity, rule_id AS rule, channel, state, headline AS notice
FROM alerts
WHERE created_at >= $since
ORDER BY list_position(['flash', 'urgent', 'notice'], severity), created_at, alert_id;
