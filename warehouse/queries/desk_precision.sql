-- One row per rule that sent a notice since $since, the least precise first.
SELECT
    rule_id, sent_count, judged_count, right_count, precision, precision_low, precision_high
FROM alert_precision_since($since)
ORDER BY precision NULLS LAST, sent_count DESC, rule_id;
