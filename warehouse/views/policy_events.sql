-- One row per development: one step in the life of one measure, as it is known now.
-- after: standing_developments, standing_measures, event_families
CREATE OR REPLACE VIEW policy_events AS
SELECT
    step.development_id,
    step.measure_id,
    measure.measure_key,
    step.type,
    family.family,
    step.status,
    step.status_target,
    step.factuality,
    step.time_frame,
    step.polarity,
    step.novelty,
    step.novelty_score,
    step.actors,
    step.targets,
    step.commodities,
    step.products,
    step.companies,
    step.rate_value,
    step.rate_unit,
    step.amount_value,
    step.amount_unit,
    step.amount_kind,
    step.decision_date,
    step.decision_precision,
    step.decision_basis,
    step.effective_date,
    step.effective_on,
    step.end_date,
    step.ends_on,
    step.duration,
    step.instrument,
    step.instrument_ids,
    step.retaliation,
    step.stage_of,
    source.title AS headline,
    lead.sentence AS evidence,
    lead.trigger,
    lead.source_type,
    lead.source_text,
    coalesce(nullif(feed.publisher, ''), source.feed_id) AS first_source,
    feed.trust_tier AS source_tier,
    source.url AS first_url,
    source.feed_id AS first_feed_id,
    source.published_at,
    step.first_seen_at,
    step.first_reported_at,
    counts.source_count,
    counts.mention_count,
    step.disputed,
    step.change_reason,
    step.correction_id,
    coalesce(touched.tickers, []) AS tickers,
    counts.confidence,
    step.article_id,
    step.article_version,
    step.lead_mention_id,
    step.extractor_version,
    step.revision,
    step.recorded_at
FROM store.standing_developments AS step
LEFT JOIN store.standing_measures AS measure ON measure.measure_id = step.measure_id
LEFT JOIN event_families AS family ON family.type = step.type
LEFT JOIN store.development_states AS counts ON counts.development_id = step.development_id
LEFT JOIN store.event_mentions AS lead
    ON lead.mention_id = step.lead_mention_id
    AND lead.extractor_version = step.extractor_version
LEFT JOIN store.articles AS source
    ON source.article_id = step.article_id AND source.version = step.article_version
LEFT JOIN store.feeds AS feed ON feed.feed_id = source.feed_id
LEFT JOIN (
    SELECT development_id, list(DISTINCT listing_id ORDER BY listing_id) AS tickers
    FROM store.event_tickers
    GROUP BY development_id
) AS touched ON touched.development_id = step.development_id;

COMMENT ON VIEW policy_events IS 'One row per development: one step in the life of one measure, as it is known now.';
COMMENT ON COLUMN policy_events.development_id IS 'Id of the development.';
COMMENT ON COLUMN policy_events.measure_id IS 'Id of the measure whose life this is a step of; see measure_status.';
COMMENT ON COLUMN policy_events.measure_key IS 'Readable key of the measure: implementer and instrument, else implementer, group, products, targets and month.';
COMMENT ON COLUMN policy_events.type IS 'What kind of measure: one of the 20 types of the ontology.';
COMMENT ON COLUMN policy_events.family IS 'Family of the type: import, export, entity, agreement or support.';
COMMENT ON COLUMN policy_events.status IS 'Which step of its life: one of the 20 statuses of the ontology.';
COMMENT ON COLUMN policy_events.status_target IS 'What the step acts on: measure, suspension, deadline, exemption or investigation.';
COMMENT ON COLUMN policy_events.factuality IS 'How sure the first report was: asserted, scheduled, conditional, speculative, alleged, negated or question.';
COMMENT ON COLUMN policy_events.time_frame IS 'When the step lay, seen from the first report: current, future or background.';
COMMENT ON COLUMN policy_events.polarity IS 'Which way it moves trade or support: restricting, liberalising, supportive, unsupportive or neutral.';
COMMENT ON COLUMN policy_events.novelty IS 'How new it was when first reported: new_measure, new_development, stage_update, or repeat when first told as background.';
COMMENT ON COLUMN policy_events.novelty_score IS 'The novelty as a number from 0 to 1, halved for what was denied, asked or speculated.';
COMMENT ON COLUMN policy_events.actors IS 'Who decides: ISO 3166-1 alpha-2 codes, EU for the Union.';
COMMENT ON COLUMN policy_events.targets IS 'Whose goods, firms or buyers it hits; empty means everybody or not stated.';
COMMENT ON COLUMN policy_events.commodities IS 'Commodity ids of the products named.';
COMMENT ON COLUMN policy_events.products IS 'The products in the words of the reports.';
COMMENT ON COLUMN policy_events.companies IS 'The companies in the words of the reports.';
COMMENT ON COLUMN policy_events.rate_value IS 'The first rate reported for the step; NULL when none was given.';
COMMENT ON COLUMN policy_events.rate_unit IS 'Unit of rate_value, such as percent or percent_point.';
COMMENT ON COLUMN policy_events.amount_value IS 'The first sum or volume reported for the step; NULL when none was given.';
COMMENT ON COLUMN policy_events.amount_unit IS 'Unit of amount_value: an ISO 4217 currency, percent, tonne and so on.';
COMMENT ON COLUMN policy_events.amount_kind IS 'What the amount is: investment, stake_percent, price_floor, volume, trade_value, loan, quota or penalty.';
COMMENT ON COLUMN policy_events.decision_date IS 'Day the step was decided; first day of the period when less is known. NULL when told as background without a date.';
COMMENT ON COLUMN policy_events.decision_precision IS 'How exact decision_date is: day, month, quarter or year.';
COMMENT ON COLUMN policy_events.decision_basis IS 'stated: a report gives the date; reported: it is the day of the first report.';
COMMENT ON COLUMN policy_events.effective_date IS 'When it starts to apply, as exactly as reported: YYYY, YYYY-Qn, YYYY-MM or YYYY-MM-DD.';
COMMENT ON COLUMN policy_events.effective_on IS 'First day of effective_date.';
COMMENT ON COLUMN policy_events.end_date IS 'When it ends, as exactly as reported: YYYY, YYYY-Qn, YYYY-MM or YYYY-MM-DD.';
COMMENT ON COLUMN policy_events.ends_on IS 'Last day of end_date, else start plus duration.';
COMMENT ON COLUMN policy_events.duration IS 'How long it lasts, ISO 8601, such as P1Y or P90D.';
COMMENT ON COLUMN policy_events.instrument IS 'The legal instrument in the words of the first report that named one.';
COMMENT ON COLUMN policy_events.instrument_ids IS 'Instruments in normal form: acts such as mofcom-2025-61, else grounds such as us-section-232.';
COMMENT ON COLUMN policy_events.retaliation IS 'Was it called a counter-measure?';
COMMENT ON COLUMN policy_events.stage_of IS 'The development this is a later stage of (announced, then in force); NULL otherwise.';
COMMENT ON COLUMN policy_events.headline IS 'Title of the article that reported it first.';
COMMENT ON COLUMN policy_events.evidence IS 'The sentence that reported it first.';
COMMENT ON COLUMN policy_events.trigger IS 'The words of that sentence that tell the step.';
COMMENT ON COLUMN policy_events.source_type IS 'Who says so in that sentence: author, official_actor, official_counterparty, official_other, company, unnamed_source, analyst or media.';
COMMENT ON COLUMN policy_events.source_text IS 'The words that name that source; NULL when the author speaks.';
COMMENT ON COLUMN policy_events.first_source IS 'Publisher that reported it first.';
COMMENT ON COLUMN policy_events.source_tier IS 'Trust tier of its feed, 1 is official; NULL when the feed is not listed.';
COMMENT ON COLUMN policy_events.first_url IS 'Address of the article that reported it first.';
COMMENT ON COLUMN policy_events.first_feed_id IS 'Feed that article came from.';
COMMENT ON COLUMN policy_events.published_at IS 'When its publisher says it was published, UTC; may be NULL or wrong.';
COMMENT ON COLUMN policy_events.first_seen_at IS 'When the first report of it reached us, UTC: the clock to join prices on.';
COMMENT ON COLUMN policy_events.first_reported_at IS 'When it was first reported, by the publisher where that can be believed, UTC.';
COMMENT ON COLUMN policy_events.source_count IS 'Independent publishers that reported it; copies of one text count once.';
COMMENT ON COLUMN policy_events.mention_count IS 'Sentences that reported it, copies and repeats included.';
COMMENT ON COLUMN policy_events.disputed IS 'Do official sources contradict each other on it (the other version is a development of the same measure), or did a source take it back that others still tell?';
COMMENT ON COLUMN policy_events.change_reason IS 'What a later version of an article last did to it: retracted (denied), corrected (another value, actor or product) or reinstated (a denial taken back); NULL where none did.';
COMMENT ON COLUMN policy_events.correction_id IS 'Digest of all such changes; another one means a further correction. NULL where there are none.';
COMMENT ON COLUMN policy_events.tickers IS 'Listings it touches, MIC:TICKER; see event_tickers for how.';
COMMENT ON COLUMN policy_events.confidence IS 'From 0 to 1: how sure extraction is, raised by independent reports.';
COMMENT ON COLUMN policy_events.article_id IS 'The article that reported it first.';
COMMENT ON COLUMN policy_events.article_version IS 'The version of that article: a later one may no longer mention it, which takes nothing back.';
COMMENT ON COLUMN policy_events.lead_mention_id IS 'The mention that reported it first; see event_mentions.';
COMMENT ON COLUMN policy_events.extractor_version IS 'Version of the extractor that read that mention.';
COMMENT ON COLUMN policy_events.revision IS 'How often what is said here changed, from 1.';
COMMENT ON COLUMN policy_events.recorded_at IS 'When this revision was written, UTC.';
