-- One row per mention and version of the extractor that found it.
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
    found.company_texts,
    found.rates,
    found.amounts,
    found.dates,
    found.duration,
    found.instrument,
    found.instrument_id,
    found.condition,
    found.is_lead,
    found.confidence,
    found.rule,
    found.missing,
    found.extractor_version,
    newest.extractor_version = found.extractor_version AND newest.is_last_version AS is_newest,
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

COMMENT ON VIEW event_mentions IS 'One row per mention and version of the extractor that found it: a span of text that reports one step of one measure.';
COMMENT ON COLUMN event_mentions.mention_id IS 'Id of the mention.';
COMMENT ON COLUMN event_mentions.development_id IS 'The development it reports (of its first implementer or act, where it names several); NULL while not linked.';
COMMENT ON COLUMN event_mentions.novelty IS 'How new it was: new_measure, new_development, stage_update, new_detail, confirmation or repeat.';
COMMENT ON COLUMN event_mentions.novelty_score IS 'The novelty as a number from 0 to 1, halved for what was denied, asked or speculated.';
COMMENT ON COLUMN event_mentions.article_id IS 'The article it stands in.';
COMMENT ON COLUMN event_mentions.article_version IS 'The version of the article.';
COMMENT ON COLUMN event_mentions.field IS 'title or body: what the offsets count in.';
COMMENT ON COLUMN event_mentions.start_char IS 'First code point of the trigger in the field, from 0.';
COMMENT ON COLUMN event_mentions.end_char IS 'Code point after the trigger.';
COMMENT ON COLUMN event_mentions.trigger IS 'The words that tell the step.';
COMMENT ON COLUMN event_mentions.sentence IS 'The sentence around them.';
COMMENT ON COLUMN event_mentions.sentence_start IS 'First code point of the sentence in the field.';
COMMENT ON COLUMN event_mentions.type IS 'What kind of measure: one of the 20 types of the ontology.';
COMMENT ON COLUMN event_mentions.status IS 'Which step of its life: one of the 20 statuses of the ontology.';
COMMENT ON COLUMN event_mentions.status_target IS 'What the step acts on: measure, suspension, deadline, exemption or investigation.';
COMMENT ON COLUMN event_mentions.factuality IS 'How sure: asserted, scheduled, conditional, speculative, alleged, negated or question.';
COMMENT ON COLUMN event_mentions.time_frame IS 'current, future or background, seen from publication.';
COMMENT ON COLUMN event_mentions.polarity IS 'restricting, liberalising, supportive, unsupportive or neutral; computed.';
COMMENT ON COLUMN event_mentions.retaliation IS 'Is it called a counter-measure?';
COMMENT ON COLUMN event_mentions.source_type IS 'Who says so: author, official_actor, official_counterparty, official_other, company, unnamed_source, analyst or media.';
COMMENT ON COLUMN event_mentions.source_text IS 'The words that name the source.';
COMMENT ON COLUMN event_mentions.actors IS 'Who decides: ISO 3166-1 alpha-2 codes, EU for the Union, XX unknown.';
COMMENT ON COLUMN event_mentions.targets IS 'Whom it hits, same codes.';
COMMENT ON COLUMN event_mentions.actor_texts IS 'The actors in the words of the text.';
COMMENT ON COLUMN event_mentions.target_texts IS 'The targets in the words of the text.';
COMMENT ON COLUMN event_mentions.agencies IS 'Agencies that act, by their usual names.';
COMMENT ON COLUMN event_mentions.product_texts IS 'The products in the words of the text.';
COMMENT ON COLUMN event_mentions.commodities IS 'Commodity ids of the products.';
COMMENT ON COLUMN event_mentions.company_texts IS 'The companies in the words of the text.';
COMMENT ON COLUMN event_mentions.rates IS 'Rates with words, value, unit, basis and role (rate or previous_rate).';
COMMENT ON COLUMN event_mentions.amounts IS 'Sums and volumes with words, value, unit and kind.';
COMMENT ON COLUMN event_mentions.dates IS 'Dates with role, words and ISO date as exact as told.';
COMMENT ON COLUMN event_mentions.duration IS 'How long, ISO 8601.';
COMMENT ON COLUMN event_mentions.instrument IS 'The legal instrument in the words of the text.';
COMMENT ON COLUMN event_mentions.instrument_id IS 'The instrument in the normal form of the extractor.';
COMMENT ON COLUMN event_mentions.condition IS 'The if-clause, where there is one.';
COMMENT ON COLUMN event_mentions.is_lead IS 'Does it stand in the title or the first sentences?';
COMMENT ON COLUMN event_mentions.confidence IS 'From 0 to 1: how sure the extractor is.';
COMMENT ON COLUMN event_mentions.rule IS 'Rule or model that found it.';
COMMENT ON COLUMN event_mentions.missing IS 'For every empty argument, why it is empty.';
COMMENT ON COLUMN event_mentions.extractor_version IS 'Version of the extractor.';
COMMENT ON COLUMN event_mentions.is_newest IS 'Is it what the newest extractor that read this text saw, in the newest version of its article that was read?';
COMMENT ON COLUMN event_mentions.withdrawn IS 'Why a later version of its article took it back: retracted, corrected or reinstated; NULL where none did.';
COMMENT ON COLUMN event_mentions.withdrawn_at IS 'When that version was first seen, UTC.';
COMMENT ON COLUMN event_mentions.first_seen_at IS 'When the text version that holds it reached us, UTC.';
COMMENT ON COLUMN event_mentions.published_at IS 'When its publisher says it was published, UTC.';
COMMENT ON COLUMN event_mentions.extracted_at IS 'When it was read, UTC.';
