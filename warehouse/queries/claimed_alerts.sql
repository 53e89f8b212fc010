-- One row per notice under a claim, and per notice folded into a claimed digest; in the order
-- of sending.
SELECT
    a.alert_id,
    a.kind,
    a.rule_id,
    a.channel,
    a.severity,
    a.headline,
    a.facts,
    a.created_at,
    a.claimed_until,
    a.failure_count,
    a.claim_count,
    a.fold_reason,
    a.folded_into,
    a.refers_to,
    p.furthest.parts_sent AS parts_sent,
    p.furthest.parts_total AS parts_total,
    r.headline AS refers_to_headline,
    coalesce(r.sent_at, g.sent_at) AS refers_to_sent_at
FROM store.alerts AS a
LEFT JOIN store.alerts AS r ON r.alert_id = a.refers_to
LEFT JOIN store.alerts AS g ON g.alert_id = r.folded_into
LEFT JOIN (
    SELECT
        alert_id,
        max(struct_pack(parts_sent := parts_sent, parts_total := parts_total)) AS furthest
    FROM store.delivery_parts
    GROUP BY alert_id
) AS p ON p.alert_id = a.alert_id
WHERE a.claim_token = $token
    OR a.folded_into IN (SELECT d.alert_id FROM store.alerts AS d WHERE d.claim_token = $token)
ORDER BY a.severity_rank, a.created_at, a.first_seen_at, a.alert_id
