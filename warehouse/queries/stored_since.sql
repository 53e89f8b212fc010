-- One row: counts of what was stored since $at, by our own clock.
SELECT
    (SELECT count(DISTINCT article_id) FROM store.articles WHERE fetched_at >= $at) AS articles,
    (SELECT count(*) FROM store.extractions WHERE extracted_at >= $at) AS readings,
    (
        SELECT count(DISTINCT development_id) FROM store.developments WHERE recorded_at >= $at
    ) AS developments,
    (
        SELECT count(*) FROM store.deliveries WHERE started_at >= $at AND outcome = 'sent'
    ) AS notices
