-- One row per part of a mention that was linked: the step it reports, where it stands in its article.
SELECT
    linked.mention_id || ':' || linked.part AS report_id,
    linked.article_id,
    mention.field,
    mention.sentence_start,
    mention.sentence_start + length(mention.sentence) AS sentence_end,
    mention.sentence,
    mention.type,
    mention.status,
    mention.actors,
    mention.targets,
    split_part(state.block, ':', 1) AS implementer,
    linked.development_id,
    state.measure_id,
    measure.measure_key
FROM store.development_mentions AS linked
JOIN store.event_mentions AS mention USING (mention_id)
JOIN store.development_states AS state USING (development_id)
JOIN store.standing_measures AS measure USING (measure_id)
ORDER BY mention.article_id, mention.field, mention.start_char, report_id
