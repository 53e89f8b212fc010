-- One row per notice sent since $since that nobody judged, the most urgent and newest first.
SELECT sent_at, rule_id, channel, headline, alert_id
FROM alerts
WHERE kind <> 'digest' AND state = 'sent' AND sent_at >= $since AND verdict IS NULL
ORDER BY list_position(['flash', 'urgent', 'notice'], severity), sent_at DESC, alert_id
LIMIT $row_limit;
