-- One row per notice sent, in the order of sending, with its lags in seconds.
SELECT sent_at, severity, rule_id, headline, published_to_sent_s, seen_to_sent_s
FROM alerts
WHERE state = 'sent' AND kind = 'single'
ORDER BY sent_at, rule_id, headline;
