-- One row per notice sent since $since whose last word is wrong, newest first.
SELECT
    told.sent_at, told.rule_id, told.channel, told.headline, told.alert_id,
    word.reason, word.judged_by
FROM alerts AS told
JOIN alert_judgements AS word ON word.alert_id = told.alert_id AND word.is_newest
WHERE told.state = 'sent' AND told.sent_at >= $since AND word.verdict = 'wrong'
ORDER BY told.sent_at DESC, told.alert_id
LIMIT $row_limit;
