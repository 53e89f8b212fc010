-- One row per rule and channel with notices sent, or held back by a mute, since $since.
SELECT
    rule_id AS rule,
    channel,
    count(*) FILTER (WHERE state = 'sent') AS sent,
    count(verdict) FILTER (WHERE state = 'sent') AS judged,
    count(*) FILTER (WHERE state = 'sent' AND verdict = 'right') AS "right",
    count(*) FILTER (WHERE state = 'sent' AND verdict = 'wrong') AS wrong,
    count(*) FILTER (WHERE state = 'muted') AS held_back
FROM alerts
WHERE kind <> 'digest'
    AND (
        (state = 'sent' AND sent_at >= $since)
        OR (state = 'muted' AND created_at >= $since)
    )
GROUP BY rule_id, channel
ORDER BY rule_id, channel;
