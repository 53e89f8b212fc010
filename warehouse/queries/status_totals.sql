-- One row: totals, and how much was added in the day before $at.
SELECT
    (SELECT count(DISTINCT article_id) FROM store.articles) AS articles,
    (
        SELECT count(DISTINCT article_id)
        FROM store.articles
        WHERE first_seen_at > $at::TIMESTAMPTZ - INTERVAL 1 DAY
    ) AS articles_last_day,
    (SELECT count(*) FROM store.standing_developments) AS developments,
    (
        SELECT count(*)
        FROM store.standing_developments
        WHERE first_seen_at > $at::TIMESTAMPTZ - INTERVAL 1 DAY
    ) AS developments_last_day,
    (SELECT count(*) FROM store.deliveries WHERE outcome = 'repeat') AS repeated_deliveries
