-- One row per day (UTC) and event family with reports, and one per day for all families.
-- after: event_families
CREATE OR REPLACE VIEW policy_index_daily AS
WITH dated AS (
    SELECT
        held.article_id,
        CAST(
            CASE
                WHEN held.published_at IS NULL OR held.published_at > held.first_seen_at
                    THEN held.first_seen_at
                ELSE held.published_at
            END AS DATE
        ) AS index_date
    FROM store.articles AS held
    SEMI JOIN store.extractions AS read
        ON read.article_id = held.article_id AND read.version = held.version
    WHERE held.version = 1
),
days AS (
    SELECT index_date, count(*) AS article_count FROM dated GROUP BY index_date
),
reports AS (
    SELECT
        dated.index_date, dated.article_id, family.family,
        bool_or(found.status IN ('threatened', 'proposed', 'under_negotiation')) AS has_threat,
        bool_or(found.status NOT IN ('threatened', 'proposed', 'under_negotiation')) AS has_act,
        bool_or(found.polarity = 'restricting') AS has_restricting,
        bool_or(found.polarity = 'liberalising') AS has_liberalising
    FROM store.event_mentions AS found
    JOIN dated ON dated.article_id = found.article_id
    JOIN event_families AS family ON family.type = found.type
    WHERE found.told AND found.time_frame <> 'background' AND found.factuality NOT IN ('negated', 'question')
    GROUP BY GROUPING SETS (
        (dated.index_date, dated.article_id, family.family), (dated.index_date, dated.article_id)
    )
)
SELECT
    days.index_date,
    coalesce(reports.family, 'all') AS family,
    days.article_count,
    count(reports.article_id) AS policy_article_count,
    count(*) FILTER (reports.has_act) AS act_article_count,
    count(*) FILTER (reports.has_threat) AS threat_article_count,
    count(*) FILTER (reports.has_restricting) AS restricting_article_count,
    count(*) FILTER (reports.has_liberalising) AS liberalising_article_count,
    count(*) FILTER (reports.has_act) / days.article_count AS act_share,
    count(*) FILTER (reports.has_threat) / days.article_count AS threat_share
FROM days
LEFT JOIN reports ON reports.index_date = days.index_date
GROUP BY days.index_date, coalesce(reports.family, 'all'), days.article_count;

COMMENT ON VIEW policy_index_daily IS 'One row per day (UTC) and event family with reports, and one per day for all families: shares of articles, threats separate from acts.';
COMMENT ON COLUMN policy_index_daily.index_date IS 'Publication day where it is plausible, or else the day we first saw the article, UTC.';
COMMENT ON COLUMN policy_index_daily.family IS 'Family of types, or all.';
COMMENT ON COLUMN policy_index_daily.article_count IS 'Articles read that day on any subject: the denominator.';
COMMENT ON COLUMN policy_index_daily.policy_article_count IS 'Articles that report a step of that family as current news: not as background, negated or a question.';
COMMENT ON COLUMN policy_index_daily.act_article_count IS 'Of these, articles that report an act: any step except a threat, a proposal or negotiations.';
COMMENT ON COLUMN policy_index_daily.threat_article_count IS 'Of these, articles that report a threat, a proposal or negotiations.';
COMMENT ON COLUMN policy_index_daily.restricting_article_count IS 'Of these, articles that report a restricting step.';
COMMENT ON COLUMN policy_index_daily.liberalising_article_count IS 'Of these, articles that report a liberalising step.';
COMMENT ON COLUMN policy_index_daily.act_share IS 'act_article_count / article_count, from 0 to 1.';
COMMENT ON COLUMN policy_index_daily.threat_share IS 'threat_article_count / article_count, from 0 to 1.';
