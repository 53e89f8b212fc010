-- One row per development that the rules must evaluate: never considered; or first considered after
-- $reconsider_from and changed since in a way that rules can see (revision, publishers, tickers);
-- or corrected by its source, or with an end or a rate now that it lacked then, at any time.
-- is_new: never considered. A development without tickers yet waits: the notice should name them.
WITH considered AS (
    SELECT
        development_id,
        arg_max(fingerprint, considered_at) AS fingerprint,
        min(considered_at) AS first_considered_at,
        bool_or(alerts_off) AS alerts_off
    FROM store.alert_considered
    GROUP BY development_id
),
ties AS (
    SELECT development_id, count(*) AS tie_count
    FROM store.event_tickers
    GROUP BY development_id
),
standing AS (
    SELECT
        d.development_id,
        d.correction_id,
        d.end_date,
        d.rate_value,
        concat_ws('.', d.revision, coalesce(s.source_count, 0), coalesce(t.tie_count, 0))
            AS fingerprint
    FROM store.standing_developments AS d
    SEMI JOIN store.ticker_passes AS joined
        ON joined.development_id = d.development_id AND joined.revision = d.revision
    LEFT JOIN store.development_states AS s ON s.development_id = d.development_id
    LEFT JOIN ties AS t ON t.development_id = d.development_id
)
SELECT d.development_id, d.fingerprint, c.development_id IS NULL AS is_new
FROM standing AS d
LEFT JOIN considered AS c USING (development_id)
LEFT JOIN store.developments AS was
    ON was.development_id = d.development_id
    AND was.revision = try_cast(split_part(c.fingerprint, '.', 1) AS INTEGER)
WHERE c.development_id IS NULL
    OR (
        NOT c.alerts_off
        AND (
            c.first_considered_at >= $reconsider_from
            OR d.correction_id IS NOT NULL
            OR (
                was.development_id IS NOT NULL
                AND (
                    (was.end_date IS NULL AND d.end_date IS NOT NULL)
                    OR (was.rate_value IS NULL AND d.rate_value IS NOT NULL)
                )
            )
        )
        AND c.fingerprint <> d.fingerprint
    )
