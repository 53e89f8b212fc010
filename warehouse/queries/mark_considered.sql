-- One row per development of `news_batch`: the rules evaluated it (or alerts were off).
INSERT INTO store.alert_considered
SELECT development_id, fingerprint, $now AS considered_at, $alerts_off AS alerts_off
FROM news_batch
