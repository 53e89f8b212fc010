-- One row per month and family of the last $months months with articles: threats and acts.
-- articles, the denominator, counts what was read on any subject; family 'all' has every month.
SELECT
    date_trunc('month', index_date)::DATE AS month,
    family,
    sum(article_count)::BIGINT AS articles,
    sum(policy_article_count)::BIGINT AS policy_articles,
    sum(act_article_count)::BIGINT AS act_articles,
    sum(threat_article_count)::BIGINT AS threat_articles,
    sum(restricting_article_count)::BIGINT AS restricting_articles,
    sum(liberalising_article_count)::BIGINT AS liberalising_articles
FROM report_days
WHERE index_date >= date_trunc('month', (SELECT max(index_date) FROM report_days))
    - to_months($months::INTEGER - 1)
GROUP BY ALL
ORDER BY month, family
