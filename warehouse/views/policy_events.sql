-- One row per development: one step in the life of one measure, as known now.
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
    coalesce(step.hs_codes, []) AS hs_codes,
    step.companies,
    step.rate_value,
    step.rate_unit,
    step.amount_value,
    step.amount_unit,
    step.amount_kind,
    step.decision_date,
    step.decision_precision,
    step.decision_basis,
    step.effective_on,
    step.effective_precision,
    step.ends_on,
    step.ends_precision,
    step.ends_basis,
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
    step.grade,
    step.official_source,
    step.official_article_id,
    step.official_seen_at,
    step.official_reported_at,
    greatest(epoch(step.official_reported_at - step.first_reported_at), 0) / 3600 AS official_lag_h,
    step.disputed,
    step.change_reason,
    step.correction_id,
    coalesce(affected.tickers, []) AS tickers,
    counts.confidence,
    step.article_id,
    step.article_version,
    step.lead_mention_id,
    step.extractor_version,
    step.revision,
    step.recorded_at,
    step.effective_date,
    step.end_date
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
) AS affected ON affected.development_id = step.development_id;

COMMENT ON VIEW policy_events IS 'One row per development: one step in the life of one measure, as known now.';
COMMENT ON COLUMN policy_events.development_id IS 'Id of the development.';
COMMENT ON COLUMN policy_events.measure_id IS 'The measure this is a step of; see measure_status.';
COMMENT ON COLUMN policy_events.measure_key IS 'Readable key of the measure: implementer and instrument, or else implementer, type, products, targets and month.';
COMMENT ON COLUMN policy_events.type IS 'Kind of measure: one of the 20 types of the ontology.';
COMMENT ON COLUMN policy_events.family IS 'Family of the type: import, export, entity, agreement or support.';
COMMENT ON COLUMN policy_events.status IS 'Step in its life: one of the 20 statuses of the ontology.';
COMMENT ON COLUMN policy_events.status_target IS 'What the step acts on: measure, suspension, deadline, exemption or investigation.';
COMMENT ON COLUMN policy_events.factuality IS 'Certainty of the first report: asserted, scheduled, conditional, speculative, alleged, negated or question.';
COMMENT ON COLUMN policy_events.time_frame IS 'Time of the step relative to the first report: current, future or background.';
COMMENT ON COLUMN policy_events.polarity IS 'Direction for trade or support: restricting, liberalising, supportive, unsupportive or neutral.';
COMMENT ON COLUMN policy_events.novelty IS 'How new it was at its first report: new_measure, new_development, stage_update, or repeat when first reported as background.';
COMMENT ON COLUMN policy_events.novelty_score IS 'Novelty as a number from 0 to 1; halved for negated, questioned or speculative reports.';
COMMENT ON COLUMN policy_events.actors IS 'Who decides: ISO 3166-1 alpha-2 codes, EU for the European Union.';
COMMENT ON COLUMN policy_events.targets IS 'Whose goods, companies or buyers are affected; empty means all, or not stated.';
COMMENT ON COLUMN policy_events.commodities IS 'Commodity ids of the products named.';
COMMENT ON COLUMN policy_events.products IS 'The products as written in the reports.';
COMMENT ON COLUMN policy_events.hs_codes IS 'Harmonized System codes of the goods, from all reports: chapters (2 digits), headings (4) and subheadings (6), as text without dots.';
COMMENT ON COLUMN policy_events.companies IS 'The companies as written in the reports.';
COMMENT ON COLUMN policy_events.rate_value IS 'First rate reported for the step; NULL when none was reported.';
COMMENT ON COLUMN policy_events.rate_unit IS 'Unit of rate_value, such as percent or percent_point.';
COMMENT ON COLUMN policy_events.amount_value IS 'First sum of money or volume reported for the step; NULL when none was reported.';
COMMENT ON COLUMN policy_events.amount_unit IS 'Unit of amount_value: an ISO 4217 currency, percent, tonne and so on.';
COMMENT ON COLUMN policy_events.amount_kind IS 'What the amount measures: investment, stake_percent, price_floor, volume, trade_value, loan, quota or penalty.';
COMMENT ON COLUMN policy_events.decision_date IS 'Day the step was decided; the first day of the period when only a period is known. NULL when reported as background without a date.';
COMMENT ON COLUMN policy_events.decision_precision IS 'Precision of decision_date: day, month, quarter or year.';
COMMENT ON COLUMN policy_events.decision_basis IS 'stated: a report gives the date. reported: the day of the first report.';
COMMENT ON COLUMN policy_events.effective_on IS 'When it starts to apply; the first day of the period when only a period is known. NULL when not reported.';
COMMENT ON COLUMN policy_events.effective_precision IS 'Precision of effective_on: day, month, quarter or year.';
COMMENT ON COLUMN policy_events.ends_on IS 'When it ends; the last day of the period when only a period is known, or else start plus duration. NULL when not reported.';
COMMENT ON COLUMN policy_events.ends_precision IS 'Precision of ends_on: day, month, quarter or year; of a start plus duration, the precision of that start.';
COMMENT ON COLUMN policy_events.ends_basis IS 'stated: a report gives the end. duration: start, or else decision, plus duration.';
COMMENT ON COLUMN policy_events.duration IS 'Duration, ISO 8601, such as P1Y or P90D.';
COMMENT ON COLUMN policy_events.instrument IS 'The legal instrument as written in the first report that names one.';
COMMENT ON COLUMN policy_events.instrument_ids IS 'Instruments in normal form: legal acts such as mofcom-2025-61, or else legal bases such as us-section-232.';
COMMENT ON COLUMN policy_events.retaliation IS 'True when a report calls it a counter-measure.';
COMMENT ON COLUMN policy_events.stage_of IS 'The earlier development that this one continues (announced, then in_force); NULL when there is none.';
COMMENT ON COLUMN policy_events.headline IS 'Title of the article that reported it first.';
COMMENT ON COLUMN policy_events.evidence IS 'The sentence that reported it first.';
COMMENT ON COLUMN policy_events.trigger IS 'The words in that sentence that report the step.';
COMMENT ON COLUMN policy_events.source_type IS 'Who makes the statement in that sentence: author, official_actor, official_counterparty, official_other, company, unnamed_source, analyst or media.';
COMMENT ON COLUMN policy_events.source_text IS 'The words that name that source; NULL when the author makes the statement.';
COMMENT ON COLUMN policy_events.first_source IS 'Publisher of the first report.';
COMMENT ON COLUMN policy_events.source_tier IS 'Trust tier of that feed: 1 an official publisher or a top wire, 4 low; NULL when the feed is not listed.';
COMMENT ON COLUMN policy_events.first_url IS 'Address of the article that reported it first.';
COMMENT ON COLUMN policy_events.first_feed_id IS 'Feed of that article.';
COMMENT ON COLUMN policy_events.published_at IS 'Publication time that the publisher states, UTC; may be NULL or wrong.';
COMMENT ON COLUMN policy_events.first_seen_at IS 'When the first report reached us, UTC. Use this time to join prices.';
COMMENT ON COLUMN policy_events.first_reported_at IS 'When it was first reported, UTC: the publication time where it is plausible.';
COMMENT ON COLUMN policy_events.source_count IS 'Independent publishers that reported it; copies of one text count once.';
COMMENT ON COLUMN policy_events.mention_count IS 'Sentences that report it, including copies and repeats.';
COMMENT ON COLUMN policy_events.grade IS 'How well it is attested: rumour (only talked of: may, reportedly, unnamed sources), reported, or confirmed (by a text of the state that takes the step). NULL when it is only denied or was taken back, and for what was stored before there were grades.';
COMMENT ON COLUMN policy_events.official_source IS 'Publisher of the first official text that reports it, or its next stage; NULL when there is none.';
COMMENT ON COLUMN policy_events.official_article_id IS 'That official text; see articles.';
COMMENT ON COLUMN policy_events.official_seen_at IS 'When that official text reached us, UTC.';
COMMENT ON COLUMN policy_events.official_reported_at IS 'When it was published, UTC: the publication time where it is plausible.';
COMMENT ON COLUMN policy_events.official_lag_h IS 'Hours from first_reported_at to official_reported_at; 0 when the official text was the first report.';
COMMENT ON COLUMN policy_events.disputed IS 'True when official sources contradict each other (the other version is a development of the same measure), or when one source withdrew it while others still report it.';
COMMENT ON COLUMN policy_events.change_reason IS 'The last change by a later version of an article: retracted (denied), corrected (another value, actor or product) or reinstated (the denial was withdrawn); NULL when there was none.';
COMMENT ON COLUMN policy_events.correction_id IS 'Digest of all such changes; a new digest means a further correction. NULL when there was none.';
COMMENT ON COLUMN policy_events.tickers IS 'Affected listings, MIC:TICKER; event_tickers shows how they are linked.';
COMMENT ON COLUMN policy_events.confidence IS 'Confidence that its articles tell it, from 0 to 1; independent reports raise it.';
COMMENT ON COLUMN policy_events.article_id IS 'The article that reported it first.';
COMMENT ON COLUMN policy_events.article_version IS 'Version of that article. A later version may not mention the step; that does not withdraw it.';
COMMENT ON COLUMN policy_events.lead_mention_id IS 'The mention that reported it first; see event_mentions.';
COMMENT ON COLUMN policy_events.extractor_version IS 'Version of the extractor that found that mention.';
COMMENT ON COLUMN policy_events.revision IS 'Revision of this row, from 1; each change of content adds one.';
COMMENT ON COLUMN policy_events.recorded_at IS 'When this revision was written, UTC.';
COMMENT ON COLUMN policy_events.effective_date IS 'Deprecated: stays for the next release only. effective_on as text, cut to effective_precision: YYYY, YYYY-Qn, YYYY-MM or YYYY-MM-DD.';
COMMENT ON COLUMN policy_events.end_date IS 'Deprecated: stays for the next release only. ends_on as text, cut to ends_precision; NULL where ends_basis is duration.';
