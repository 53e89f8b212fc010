-- One row per mention and extractor version.
CREATE OR REPLACE VIEW event_mentions AS
WITH newest AS (
    SELECT
        article_id, version, arg_max(extractor_version, extracted_at) AS extractor_version,
        version = max(version) OVER (PARTITION BY article_id) AS is_last_version
    FROM store.extractions
    GROUP BY article_id, version
)
SELECT
    found.mention_id,
    linked.development_id,
    linked.novelty,
    linked.novelty_score,
    found.article_id,
    found.article_version,
    found.field,
    found.start_char,
    found.end_char,
    found.trigger,
    found.sentence,
    found.sentence_start,
    found.type,
    found.status,
    found.status_target,
    found.factuality,
    found.time_frame,
    found.polarity,
    found.retaliation,
    found.source_type,
    found.source_text,
    found.actors,
    found.targets,
    found.actor_texts,
    found.target_texts,
    found.agencies,
    found.product_texts,
    found.commodities,
    coalesce(found.hs_codes, []) AS hs_codes,
    found.company_texts,
    found.rates,
    found.amounts,
    found.dates,
    found.duration,
    found.instrument,
    found.instrument_id,
    found.condition,
    found.is_lead,
    found.told,
    found.confidence,
    found.rule,
    found.missing,
    found.extractor_version,
    newest.extractor_version = found.extractor_version AND newest.is_last_version AS is_newest,
    linked.grade,
    linked.withdrawn,
    linked.withdrawn_at,
    found.first_seen_at,
    found.published_at,
    found.extracted_at
FROM store.event_mentions AS found
LEFT JOIN newest
    ON newest.article_id = found.article_id AND newest.version = found.article_version
LEFT JOIN store.development_mentions AS linked
    ON linked.mention_id = found.mention_id
    AND linked.extractor_version = found.extractor_version
    AND linked.part = 0;

COMMENT ON VIEW event_mentions IS 'One row per mention and extractor version: a span of text that reports one step of one measure. Those that are told make developments; the others are asides.';
COMMENT ON COLUMN event_mentions.mention_id IS 'Id of the mention.';
COMMENT ON COLUMN event_mentions.development_id IS 'The development it reports; the first one when it names several implementers or acts. NULL before linking, and for asides.';
COMMENT ON COLUMN event_mentions.novelty IS 'How new the report was: new_measure, new_development, stage_update, new_detail, confirmation or repeat.';
COMMENT ON COLUMN event_mentions.novelty_score IS 'Novelty as a number from 0 to 1; halved for negated, questioned or speculative reports.';
COMMENT ON COLUMN event_mentions.article_id IS 'The article that contains it.';
COMMENT ON COLUMN event_mentions.article_version IS 'Version of that article.';
COMMENT ON COLUMN event_mentions.field IS 'title or body: the text that the offsets refer to.';
COMMENT ON COLUMN event_mentions.start_char IS 'Offset of the trigger in the field, in code points from 0.';
COMMENT ON COLUMN event_mentions.end_char IS 'Offset after the last code point of the trigger.';
COMMENT ON COLUMN event_mentions.trigger IS 'The words that report the step.';
COMMENT ON COLUMN event_mentions.sentence IS 'The sentence that contains the trigger.';
COMMENT ON COLUMN event_mentions.sentence_start IS 'Offset of the sentence in the field, in code points from 0.';
COMMENT ON COLUMN event_mentions.type IS 'Kind of measure: one of the 20 types of the ontology.';
COMMENT ON COLUMN event_mentions.status IS 'Step in its life: one of the 20 statuses of the ontology.';
COMMENT ON COLUMN event_mentions.status_target IS 'What the step acts on: measure, suspension, deadline, exemption or investigation.';
COMMENT ON COLUMN event_mentions.factuality IS 'Certainty of the report: asserted, scheduled, conditional, speculative, alleged, negated or question.';
COMMENT ON COLUMN event_mentions.time_frame IS 'Time of the step relative to publication: current, future or background.';
COMMENT ON COLUMN event_mentions.polarity IS 'restricting, liberalising, supportive, unsupportive or neutral; derived from type and status.';
COMMENT ON COLUMN event_mentions.retaliation IS 'True when the text calls it a counter-measure.';
COMMENT ON COLUMN event_mentions.source_type IS 'Who makes the statement: author, official_actor, official_counterparty, official_other, company, unnamed_source, analyst or media.';
COMMENT ON COLUMN event_mentions.source_text IS 'The words that name the source.';
COMMENT ON COLUMN event_mentions.actors IS 'Who decides: ISO 3166-1 alpha-2 codes, EU for the European Union, XX when unknown.';
COMMENT ON COLUMN event_mentions.targets IS 'Who is affected: same codes as actors.';
COMMENT ON COLUMN event_mentions.actor_texts IS 'The actors as written in the text.';
COMMENT ON COLUMN event_mentions.target_texts IS 'The targets as written in the text.';
COMMENT ON COLUMN event_mentions.agencies IS 'Agencies that act, by their usual names.';
COMMENT ON COLUMN event_mentions.product_texts IS 'The products as written in the text.';
COMMENT ON COLUMN event_mentions.commodities IS 'Commodity ids of the products.';
COMMENT ON COLUMN event_mentions.hs_codes IS 'Harmonized System codes that the sentence gives for the goods: digits only, 2 for a chapter, 4 for a heading, 6 for a subheading; longer national codes are cut to 6.';
COMMENT ON COLUMN event_mentions.company_texts IS 'The companies as written in the text.';
COMMENT ON COLUMN event_mentions.rates IS 'Rates: text, value, unit, basis and role (rate or previous_rate).';
COMMENT ON COLUMN event_mentions.amounts IS 'Sums of money and volumes: text, value, unit and kind.';
COMMENT ON COLUMN event_mentions.dates IS 'Dates: role, text and ISO 8601 date, as precise as reported.';
COMMENT ON COLUMN event_mentions.duration IS 'Duration, ISO 8601, such as P90D.';
COMMENT ON COLUMN event_mentions.instrument IS 'The legal instrument as written in the text.';
COMMENT ON COLUMN event_mentions.instrument_id IS 'The instrument in normal form, such as mofcom-2025-61.';
COMMENT ON COLUMN event_mentions.condition IS 'The condition (if-clause), where there is one.';
COMMENT ON COLUMN event_mentions.is_lead IS 'True for what its article is mainly about: at most one mention of a text.';
COMMENT ON COLUMN event_mentions.told IS 'True when its document is taken to tell it. False for an aside, such as a recital, history or a doubtful reading: it makes no development and raises no alert.';
COMMENT ON COLUMN event_mentions.confidence IS 'Confidence from 0 to 1; in an article, that the article as a whole tells this step.';
COMMENT ON COLUMN event_mentions.rule IS 'Rule or model that found it.';
COMMENT ON COLUMN event_mentions.missing IS 'Each empty argument with the reason why it is empty.';
COMMENT ON COLUMN event_mentions.extractor_version IS 'Version of the extractor.';
COMMENT ON COLUMN event_mentions.is_newest IS 'True when the newest extractor that read the text found it, in the newest version of the article that was read.';
COMMENT ON COLUMN event_mentions.grade IS 'What this report alone is worth: rumour, reported, or confirmed when its publisher speaks for the state that takes the step. NULL when it denies the step, before linking, and for asides.';
COMMENT ON COLUMN event_mentions.withdrawn IS 'What a later version of the article did to it: retracted, corrected or reinstated; NULL when nothing.';
COMMENT ON COLUMN event_mentions.withdrawn_at IS 'When that later version reached us, UTC.';
COMMENT ON COLUMN event_mentions.first_seen_at IS 'When this version of the text reached us, UTC.';
COMMENT ON COLUMN event_mentions.published_at IS 'Publication time that the publisher states, UTC.';
COMMENT ON COLUMN event_mentions.extracted_at IS 'When it was extracted, UTC.';
