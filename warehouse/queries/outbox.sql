-- One row per channel: how many notices are due, waiting, claimed, sent, folded or dead.
SELECT
    channel,
    count(*) FILTER (WHERE state = 'pending' AND fold_at IS NULL AND due_at <= $now) AS due,
    count(*) FILTER (WHERE state = 'pending' AND (fold_at IS NOT NULL OR due_at > $now)) AS waiting,
    count(*) FILTER (WHERE state = 'claimed') AS claimed,
    count(*) FILTER (WHERE state = 'sent') AS sent,
    count(*) FILTER (WHERE state = 'folded') AS folded,
    count(*) FILTER (WHERE state = 'dead') AS dead,
    min(due_at) FILTER (WHERE state = 'pending' AND fold_at IS NULL AND due_at <= $now)
        AS oldest_due_at,
    arg_max(last_error, due_at) FILTER (WHERE state = 'dead' OR failure_count > 0) AS last_error
FROM store.alerts
GROUP BY channel
ORDER BY channel
