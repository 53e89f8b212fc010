-- One row per check that fails: the number of rows, and one example.
WITH failing AS (
    SELECT 'migrations_once' AS check_name, concat_ws(' ', version) AS example
    FROM store.migrations
    GROUP BY version
    HAVING count(*) > 1
    UNION ALL
    SELECT 'feeds_once' AS check_name, concat_ws(' ', feed_id) AS example
    FROM store.feeds
    GROUP BY feed_id
    HAVING count(*) > 1
    UNION ALL
    SELECT 'feed_states_once' AS check_name, concat_ws(' ', feed_id) AS example
    FROM store.feed_states
    GROUP BY feed_id
    HAVING count(*) > 1
    UNION ALL
    SELECT 'fetches_once' AS check_name, concat_ws(' ', fetch_id) AS example
    FROM store.fetches
    GROUP BY fetch_id
    HAVING count(*) > 1
    UNION ALL
    SELECT 'articles_once' AS check_name, concat_ws(' ', article_id, version) AS example
    FROM store.articles
    GROUP BY article_id, version
    HAVING count(*) > 1
    UNION ALL
    SELECT 'article_texts_once' AS check_name, concat_ws(' ', article_id, version) AS example
    FROM store.article_texts
    GROUP BY article_id, version
    HAVING count(*) > 1
    UNION ALL
    SELECT 'extractions_once' AS check_name, concat_ws(' ', article_id, version, extractor_version) AS example
    FROM store.extractions
    GROUP BY article_id, version, extractor_version
    HAVING count(*) > 1
    UNION ALL
    SELECT 'event_mentions_once' AS check_name, concat_ws(' ', mention_id, extractor_version) AS example
    FROM store.event_mentions
    GROUP BY mention_id, extractor_version
    HAVING count(*) > 1
    UNION ALL
    SELECT 'developments_once' AS check_name, concat_ws(' ', development_id, revision) AS example
    FROM store.developments
    GROUP BY development_id, revision
    HAVING count(*) > 1
    UNION ALL
    SELECT 'measures_once' AS check_name, concat_ws(' ', measure_id, revision) AS example
    FROM store.measures
    GROUP BY measure_id, revision
    HAVING count(*) > 1
    UNION ALL
    SELECT 'development_states_once' AS check_name, concat_ws(' ', development_id) AS example
    FROM store.development_states
    GROUP BY development_id
    HAVING count(*) > 1
    UNION ALL
    SELECT 'measure_states_once' AS check_name, concat_ws(' ', measure_id) AS example
    FROM store.measure_states
    GROUP BY measure_id
    HAVING count(*) > 1
    UNION ALL
    SELECT 'measures_have_states' AS check_name, held.measure_id AS example
    FROM store.standing_measures AS held
    ANTI JOIN store.measure_states AS there
        ON there.measure_id = held.measure_id
    UNION ALL
    SELECT 'measure_states_have_measures' AS check_name, held.measure_id AS example
    FROM store.measure_states AS held
    ANTI JOIN store.standing_measures AS there
        ON there.measure_id = held.measure_id
    UNION ALL
    SELECT 'development_mentions_once' AS check_name, concat_ws(' ', mention_id, part) AS example
    FROM store.development_mentions
    GROUP BY mention_id, part
    HAVING count(*) > 1
    UNION ALL
    SELECT 'event_tickers_once' AS check_name, concat_ws(' ', development_id, listing_id, link, commodity_id) AS example
    FROM store.event_tickers
    GROUP BY development_id, listing_id, link, commodity_id
    HAVING count(*) > 1
    UNION ALL
    SELECT 'ticker_passes_once' AS check_name, concat_ws(' ', development_id) AS example
    FROM store.ticker_passes
    GROUP BY development_id
    HAVING count(*) > 1
    UNION ALL
    SELECT 'search_documents_once' AS check_name, concat_ws(' ', article_id, version) AS example
    FROM store.search_documents
    GROUP BY article_id, version
    HAVING count(*) > 1
    UNION ALL
    SELECT 'review_queue_once' AS check_name, concat_ws(' ', review_id) AS example
    FROM store.review_queue
    GROUP BY review_id
    HAVING count(*) > 1
    UNION ALL
    SELECT 'article_texts_have_articles' AS check_name, held.article_id AS example
    FROM store.article_texts AS held
    ANTI JOIN store.articles AS there
        ON there.article_id = held.article_id
    WHERE held.article_id IS NOT NULL
    UNION ALL
    SELECT 'extractions_have_articles' AS check_name, held.article_id AS example
    FROM store.extractions AS held
    ANTI JOIN store.articles AS there
        ON there.article_id = held.article_id
    WHERE held.article_id IS NOT NULL
    UNION ALL
    SELECT 'event_mentions_have_articles' AS check_name, held.article_id AS example
    FROM store.event_mentions AS held
    ANTI JOIN store.articles AS there
        ON there.article_id = held.article_id
    WHERE held.article_id IS NOT NULL
    UNION ALL
    SELECT 'entity_mentions_have_articles' AS check_name, held.article_id AS example
    FROM store.entity_mentions AS held
    ANTI JOIN store.articles AS there
        ON there.article_id = held.article_id
    WHERE held.article_id IS NOT NULL
    UNION ALL
    SELECT 'articles_have_feeds' AS check_name, held.feed_id AS example
    FROM store.articles AS held
    ANTI JOIN store.feeds AS there
        ON there.feed_id = held.feed_id
    WHERE held.feed_id IS NOT NULL
    UNION ALL
    SELECT 'links_have_mentions' AS check_name, held.mention_id AS example
    FROM store.development_mentions AS held
    ANTI JOIN store.event_mentions AS there
        ON there.mention_id = held.mention_id
    WHERE held.mention_id IS NOT NULL
    UNION ALL
    SELECT 'links_are_told' AS check_name, held.mention_id AS example
    FROM store.development_mentions AS held
    JOIN store.event_mentions AS there
        ON there.mention_id = held.mention_id AND there.extractor_version = held.extractor_version
    WHERE there.told IS DISTINCT FROM true
    UNION ALL
    SELECT 'links_have_developments' AS check_name, held.development_id AS example
    FROM store.development_mentions AS held
    ANTI JOIN store.development_states AS there
        ON there.development_id = held.development_id
    WHERE held.development_id IS NOT NULL
    UNION ALL
    SELECT 'states_have_links' AS check_name, held.development_id AS example
    FROM store.development_states AS held
    ANTI JOIN store.development_mentions AS there
        ON there.development_id = held.development_id
    WHERE held.development_id IS NOT NULL
    UNION ALL
    SELECT 'states_have_developments' AS check_name, held.development_id AS example
    FROM store.development_states AS held
    ANTI JOIN store.standing_developments AS there
        ON there.development_id = held.development_id
    WHERE held.development_id IS NOT NULL
    UNION ALL
    SELECT 'developments_have_states' AS check_name, held.development_id AS example
    FROM store.standing_developments AS held
    ANTI JOIN store.development_states AS there
        ON there.development_id = held.development_id
    WHERE held.development_id IS NOT NULL
    UNION ALL
    SELECT 'developments_have_measures' AS check_name, held.measure_id AS example
    FROM store.standing_developments AS held
    ANTI JOIN store.standing_measures AS there
        ON there.measure_id = held.measure_id
    WHERE held.measure_id IS NOT NULL
    UNION ALL
    SELECT 'measures_have_developments' AS check_name, held.measure_id AS example
    FROM store.standing_measures AS held
    ANTI JOIN store.standing_developments AS there
        ON there.measure_id = held.measure_id
    WHERE held.measure_id IS NOT NULL
    UNION ALL
    SELECT 'developments_have_mentions' AS check_name, held.lead_mention_id AS example
    FROM store.standing_developments AS held
    ANTI JOIN store.event_mentions AS there
        ON there.mention_id = held.lead_mention_id
    WHERE held.lead_mention_id IS NOT NULL
    UNION ALL
    SELECT 'tickers_have_developments' AS check_name, held.development_id AS example
    FROM store.event_tickers AS held
    ANTI JOIN store.developments AS there
        ON there.development_id = held.development_id
    WHERE held.development_id IS NOT NULL
    UNION ALL
    SELECT 'judgements_have_notices' AS check_name, held.alert_id AS example
    FROM store.alert_judgements AS held
    ANTI JOIN store.alerts AS there
        ON there.alert_id = held.alert_id
    UNION ALL
    SELECT 'muted_notices_have_mutes' AS check_name, held.alert_id AS example
    FROM store.alerts AS held
    ANTI JOIN store.alert_mutes AS there
        ON there.mute_id = held.mute_id
    WHERE held.state = 'muted'
    UNION ALL
    SELECT 'article_versions_without_gaps' AS check_name, article_id AS example
    FROM store.articles
    GROUP BY article_id
    HAVING max(version) <> count(*)
    UNION ALL
    SELECT 'development_revisions_without_gaps' AS check_name, development_id AS example
    FROM store.developments
    GROUP BY development_id
    HAVING max(revision) <> count(*)
    UNION ALL
    SELECT 'measure_revisions_without_gaps' AS check_name, measure_id AS example
    FROM store.measures
    GROUP BY measure_id
    HAVING max(revision) <> count(*)
    UNION ALL
    SELECT 'first_seen_never_moves' AS check_name, article_id AS example
    FROM store.articles
    GROUP BY article_id
    HAVING count(DISTINCT first_seen_at) > 1
    UNION ALL
    SELECT 'first_seen_before_fetched' AS check_name, article_id AS example
    FROM store.articles
    WHERE first_seen_at > fetched_at
    UNION ALL
    SELECT 'extraction_counts_mentions' AS check_name, read.article_id AS example
    FROM store.extractions AS read
    LEFT JOIN (SELECT article_id, article_version, extractor_version, count(*) AS found
    FROM store.event_mentions
    WHERE told
    GROUP BY ALL) AS held
        ON held.article_id = read.article_id AND held.article_version = read.version AND held.extractor_version = read.extractor_version
    WHERE read.event_count <> coalesce(held.found, 0)
    UNION ALL
    SELECT 'state_counts_mentions' AS check_name, held.development_id AS example
    FROM store.development_states AS held
    LEFT JOIN (SELECT development_id, count(*) AS linked
    FROM store.development_mentions
    GROUP BY development_id) AS counted
        ON counted.development_id = held.development_id
    WHERE held.mention_count <> coalesce(counted.linked, 0)
)
SELECT check_name, count(*) AS rows, CAST(any_value(example) AS VARCHAR) AS example
FROM failing
GROUP BY check_name
ORDER BY check_name;
