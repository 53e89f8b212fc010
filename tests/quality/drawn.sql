-- One row per development of a warehouse, with the sentence that first reports it.
SELECT
    event.development_id,
    event.first_url AS url,
    event.headline AS title,
    CAST(event.published_at AS DATE) AS published,
    lead.field,
    lead.sentence_start,
    lead.sentence_start + length(lead.sentence) AS sentence_end,
    event.evidence AS sentence,
    event.type,
    event.status,
    event.status_target,
    event.time_frame,
    event.factuality,
    event.actors,
    event.targets,
    event.commodities,
    event.companies,
    event.rate_value,
    event.rate_unit,
    CAST(event.decision_date AS VARCHAR) AS decision_date,
    event.effective_date,
    event.end_date,
    event.mention_count
FROM policy_events AS event
LEFT JOIN store.event_mentions AS lead
    ON lead.mention_id = event.lead_mention_id
    AND lead.extractor_version = event.extractor_version
ORDER BY url, lead.sentence_start, event.type, event.status, event.development_id
