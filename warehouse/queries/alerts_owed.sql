-- One row per notice of `alert_batch` that is not in the outbox yet, with the notice of the step
-- that it continues, if there is one.
-- A development that replaced a retracted one (after a re-extraction) inherits its notices:
-- by superseded_by, or because it reports the same step of the same article (report_key).
-- What one mention reports of several measures ("Canada and Mexico lift their duties", six acts
-- suspended by one) reads the same: one notice. So do a deal and its side letters in one article.
-- The notice is that of the development with most reports. One that another article reports by
-- itself has its own.
WITH RECURSIVE current_developments AS (
    SELECT development_id, superseded_by, coalesce(retracted, false) AS retracted
    FROM store.developments
    QUALIFY row_number() OVER (PARTITION BY development_id ORDER BY revision DESC) = 1
),
heirs AS (
    SELECT development_id AS old_id, superseded_by AS new_id
    FROM current_developments
    WHERE retracted AND superseded_by IS NOT NULL
    UNION
    SELECT h.old_id, d.superseded_by AS new_id
    FROM heirs AS h
    JOIN current_developments AS d ON d.development_id = h.new_id
    WHERE d.retracted AND d.superseded_by IS NOT NULL
),
in_outbox AS (
    SELECT a.alert_id, a.rule_id, a.channel, a.development_id, a.state
    FROM store.alerts AS a
    WHERE a.kind = 'single'
    UNION ALL
    SELECT a.alert_id, a.rule_id, a.channel, h.new_id AS development_id, a.state
    FROM store.alerts AS a
    JOIN heirs AS h ON h.old_id = a.development_id
    WHERE a.kind = 'single'
),
reported_before AS (
    SELECT a.rule_id, a.channel, a.report_key
    FROM store.alerts AS a
    ANTI JOIN (FROM current_developments WHERE NOT retracted) AS d
        ON d.development_id = a.development_id
    WHERE a.kind = 'single'
),
alone AS (
    SELECT DISTINCT m.development_id
    FROM store.development_mentions AS m
    SEMI JOIN alert_batch AS b ON b.development_id = m.development_id
    JOIN store.standing_developments AS d ON d.development_id = m.development_id
    ANTI JOIN store.development_mentions AS o
        ON o.mention_id = m.mention_id AND o.development_id <> m.development_id
        AND o.withdrawn IS NULL
    WHERE m.withdrawn IS NULL AND m.article_id <> d.article_id
),
said AS (
    SELECT
        development_id,
        coalesce(lead_mention_id, development_id) AS mention,
        CASE
            WHEN type = 'trade_agreement' AND article_id IS NOT NULL
                THEN concat_ws(' ', article_id, status_class, list_sort(actors)::VARCHAR)
            ELSE development_id
        END AS deal,
        held.mention_count,
        development_id IN (FROM alone) AS alone
    FROM store.standing_developments
    LEFT JOIN store.development_states AS held USING (development_id)
),
said_before AS (
    SELECT a.rule_id, a.channel, s.mention, s.deal
    FROM store.alerts AS a
    JOIN said AS s ON s.development_id = a.development_id
    WHERE a.kind = 'single'
),
first_steps AS (
    -- A notice that was held back told the desk nothing that a later one could continue.
    SELECT alert_id, rule_id, channel, development_id FROM in_outbox WHERE state <> 'muted'
    UNION ALL
    SELECT alert_id, rule_id, channel, development_id FROM alert_batch
)
SELECT b.alert_id, min(s.alert_id) AS refers_to
FROM alert_batch AS b
LEFT JOIN said AS w ON w.development_id = b.development_id
ANTI JOIN said_before AS e
    ON e.rule_id = b.rule_id AND e.channel = b.channel
    AND ((e.mention = w.mention AND NOT w.alone) OR e.deal = w.deal)
ANTI JOIN in_outbox AS t
    ON t.rule_id = b.rule_id AND t.channel = b.channel AND t.development_id = b.development_id
ANTI JOIN reported_before AS r
    ON r.rule_id = b.rule_id AND r.channel = b.channel AND r.report_key = b.report_key
LEFT JOIN first_steps AS s
    ON s.rule_id = b.rule_id AND s.channel = b.channel AND s.development_id = b.stage_of
GROUP BY
    b.alert_id, b.rule_id, b.channel, b.position, coalesce(w.mention, b.development_id),
    coalesce(w.deal, b.development_id), w.mention_count, w.alone
QUALIFY (w.alone OR row_number() OVER (
    PARTITION BY b.rule_id, b.channel, coalesce(w.mention, b.development_id)
    ORDER BY w.alone DESC NULLS LAST, w.mention_count DESC NULLS LAST, b.position, b.alert_id
) = 1)
AND row_number() OVER (
    PARTITION BY b.rule_id, b.channel, coalesce(w.deal, b.development_id)
    ORDER BY w.mention_count DESC NULLS LAST, b.position, b.alert_id
) = 1
