-- One row per standing development without tickers for its newest revision and without a lease,
-- article by article; `dead` when its lease expired. A lease that ends more than two hours from now
-- was taken by a clock that ran ahead.
WITH latest AS (
    SELECT development_id, max(revision) AS revision
    FROM store.developments
    GROUP BY development_id
),
waiting AS MATERIALIZED (
    SELECT
        held.development_id, held.revision, held.article_id, held.first_seen_at,
        leased.resource IS NOT NULL AS dead
    FROM store.developments AS held
    JOIN latest
        ON latest.development_id = held.development_id AND latest.revision = held.revision
    ANTI JOIN store.ticker_passes AS done
        ON done.development_id = held.development_id AND done.revision = held.revision
    LEFT JOIN store.leases AS leased ON leased.resource = 'development:' || held.development_id
    WHERE NOT held.retracted
        AND coalesce(leased.leased_until NOT BETWEEN now() AND now() + INTERVAL 2 HOUR, true)
)
SELECT development_id, revision, dead
FROM waiting
ORDER BY article_id, first_seen_at, development_id
LIMIT (SELECT least($limit, greatest($fewest, count(*) // $parts)) FROM waiting);
