-- One row per rule that sent a notice since `since`: how many of its developments were judged right.
-- A development that went to several channels counts once, with the last word on any of them.
-- after: alerts, alert_judgements
CREATE OR REPLACE MACRO alert_precision_since(since) AS TABLE
WITH sent AS (
    SELECT rule_id, development_id
    FROM alerts
    WHERE kind = 'single' AND state = 'sent' AND sent_at >= CAST(since AS TIMESTAMPTZ)
    GROUP BY rule_id, development_id
),
words AS (
    SELECT
        rule_id, development_id, arg_max(verdict, (judged_at, judgement_id)) AS verdict
    FROM alert_judgements
    WHERE kind = 'single'
    GROUP BY rule_id, development_id
),
counted AS (
    SELECT
        sent.rule_id,
        count(*) AS sent_count,
        count(words.verdict) AS judged_count,
        count(*) FILTER (WHERE words.verdict = 'right') AS right_count,
        count(*) FILTER (WHERE words.verdict = 'wrong') AS wrong_count
    FROM sent
    LEFT JOIN words
        ON words.rule_id = sent.rule_id AND words.development_id = sent.development_id
    GROUP BY sent.rule_id
),
-- Wilson's score interval, 95% (z = 1.96): E. B. Wilson, JASA 22 (1927), 209-212.
scored AS (
    SELECT
        *,
        right_count / nullif(judged_count, 0) AS share,
        1.96 * 1.96 / nullif(judged_count, 0) AS bend
    FROM counted
)
SELECT
    rule_id,
    sent_count,
    judged_count,
    right_count,
    wrong_count,
    share AS precision,
    CASE WHEN judged_count > 0 THEN greatest(
        0.0, (share + bend / 2 - sqrt(bend * (share * (1 - share) + bend / 4))) / (1 + bend)
    ) END AS precision_low,
    CASE WHEN judged_count > 0 THEN least(
        1.0, (share + bend / 2 + sqrt(bend * (share * (1 - share) + bend / 4))) / (1 + bend)
    ) END AS precision_high
FROM scored;

COMMENT ON MACRO TABLE alert_precision_since IS 'One row per rule that sent a notice since the given time, with the columns of alert_precision.';
