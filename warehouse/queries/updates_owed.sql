-- One row per rule, channel and development of `update_batch` that the desk was told of: the facts
-- told last, and the notice to change while no delivery of it was tried. Only where a further report
-- reached us at about the time of that notice or later: what another reading of old reports finds is
-- no news.
WITH about AS (
    SELECT DISTINCT development_id, development_id AS told_of FROM update_batch
    UNION
    SELECT gone.development_id, given.development_id AS told_of
    FROM store.developments AS gone
    JOIN update_batch AS given ON given.development_id = gone.superseded_by
    WHERE gone.retracted
),
told AS (
    SELECT
        about.told_of,
        held.rule_id,
        held.channel,
        arg_min(held.alert_id, (held.created_at, held.alert_id))
            FILTER (held.kind = 'single') AS first_id,
        max_by(held, (held.created_at, held.kind, held.alert_id)) AS newest
    FROM store.alerts AS held
    JOIN about ON about.development_id = held.development_id
    -- What was held back or taken back was not told.
    WHERE held.kind IN ('single', 'update', 'correction')
        AND held.state NOT IN ('muted', 'withdrawn')
    GROUP BY about.told_of, held.rule_id, held.channel
),
heard AS (
    SELECT development_id, max(first_seen_at) AS last_seen_at
    FROM store.development_mentions
    SEMI JOIN update_batch USING (development_id)
    GROUP BY development_id
)
SELECT
    told.told_of,
    told.rule_id,
    told.channel,
    told.first_id,
    told.newest.alert_id AS newest_id,
    told.newest.facts AS told_facts,
    told.newest.state = 'pending' AND told.newest.claim_count = 0
        AND told.newest.kind <> 'correction' AS is_unsent
FROM told
SEMI JOIN update_batch AS given
    ON given.development_id = told.told_of
    AND given.rule_id = told.rule_id
    AND given.channel = told.channel
JOIN heard ON heard.development_id = told.told_of
WHERE told.first_id IS NOT NULL
    AND heard.last_seen_at > told.newest.first_seen_at
    -- A report is read a little later than it came.
    AND heard.last_seen_at > told.newest.created_at - INTERVAL 1 HOUR
ORDER BY told.told_of, told.rule_id, told.channel;
