-- One row: single notices sent, those sent twice (should be none), and their lags.
SELECT
    count(*) AS notices,
    count(*) - count(DISTINCT (rule_id, channel, development_id)) AS doubled,
    quantile_cont(published_to_sent_s, 0.5) AS published_p50_s,
    quantile_cont(published_to_sent_s, 0.95) AS published_p95_s,
    quantile_cont(seen_to_sent_s, 0.5) AS seen_p50_s,
    quantile_cont(seen_to_sent_s, 0.95) AS seen_p95_s
FROM alerts
WHERE state = 'sent' AND kind = 'single' AND fold_reason IS NULL;
