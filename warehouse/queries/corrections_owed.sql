-- One row per first notice about a development of `correction_batch` (told_of) that lacks its
-- corrections: the facts sent last, and whether no delivery was tried so far.
WITH about AS (
    SELECT development_id, development_id AS told_of, correction_id FROM correction_batch
    UNION
    SELECT gone.development_id, given.development_id AS told_of, given.correction_id
    FROM store.developments AS gone
    JOIN correction_batch AS given ON given.development_id = gone.superseded_by
    WHERE gone.retracted
),
firsts AS (
    SELECT held.*, about.told_of, about.correction_id
    FROM store.alerts AS held
    JOIN about ON about.development_id = held.development_id
    -- What was held back needs no correction.
    WHERE held.kind = 'single' AND held.state <> 'muted'
),
corrections AS (
    SELECT
        held.refers_to,
        arg_max(held.told_as, (held.created_at, held.alert_id)) AS told_as,
        -- A correction that was held back is not sent later, but the desk never read its facts.
        arg_max(held.facts, (held.created_at, held.alert_id)) FILTER (held.state <> 'muted')
            AS facts
    FROM store.alerts AS held
    SEMI JOIN firsts ON firsts.alert_id = held.refers_to
    WHERE held.kind = 'correction'
    GROUP BY held.refers_to
)
SELECT
    firsts.alert_id, firsts.told_of, firsts.rule_id, firsts.channel, firsts.severity,
    firsts.severity_rank, firsts.report_key,
    firsts.state IN ('pending', 'withdrawn') AND firsts.claim_count = 0 AS is_unsent,
    coalesce(corrections.told_as, firsts.told_as) AS told_as,
    coalesce(corrections.facts, firsts.facts) AS told_facts
FROM firsts
LEFT JOIN corrections ON corrections.refers_to = firsts.alert_id
WHERE coalesce(corrections.told_as, firsts.told_as) IS DISTINCT FROM firsts.correction_id
ORDER BY firsts.created_at, firsts.alert_id;
