-- One row per development of the report and affected listing: its closest link, and what its price
-- did. goods are all that link them. Reads the table below event_tickers, whose other columns
-- come from policy_events and cost a scan of it.
WITH moves AS (
    SELECT moved.*
    FROM event_returns AS moved
    SEMI JOIN report_steps AS step ON step.development_id = moved.development_id
),
closest AS (
    SELECT
        tie.development_id,
        tie.listing_id,
        any_value(step.measure_id) AS measure_id,
        arg_max(tie.link, tie.relevance) AS link,
        arg_max(tie.sign, tie.relevance) AS sign,
        arg_max(tie.why, tie.relevance) AS why,
        arg_max(tie.role, tie.relevance) AS role,
        max(tie.relevance) AS relevance,
        list(DISTINCT tie.commodity_id ORDER BY tie.commodity_id)
            FILTER (tie.commodity_id IS NOT NULL) AS goods
    FROM store.event_tickers AS tie
    JOIN report_steps AS step ON step.development_id = tie.development_id
    GROUP BY tie.development_id, tie.listing_id
)
SELECT
    closest.development_id,
    closest.measure_id,
    closest.listing_id,
    closest.link,
    closest.sign,
    closest.why,
    closest.role,
    closest.relevance,
    coalesce(closest.goods, []) AS goods,
    moves.event_date,
    moves.ret_0,
    moves.ret_5,
    moves.adjusted_0,
    moves.adjusted_5,
    moves.missing
FROM closest
LEFT JOIN moves
    ON moves.development_id = closest.development_id AND moves.listing_id = closest.listing_id
