-- One row per measure: its status today, and its next date.
-- after: standing_developments, standing_measures, event_families
CREATE OR REPLACE VIEW measure_status AS
WITH stands AS (
    -- What a step of before migration 0074 says of its end is all that is known of its return.
    SELECT
        held.measure_id,
        step.status IN ('suspended', 'delayed')
            OR (step.status = 'extended' AND step.status_target = 'suspension') AS is_paused,
        CASE WHEN is_paused THEN coalesce(held.returns_on, step.ends_on) END AS returns_on,
        coalesce(held.returns_on, step.ends_on) AS ends_on
    FROM store.measure_states AS held
    JOIN store.standing_developments AS step ON step.development_id = held.last_development_id
),
affected AS (
    SELECT held.measure_id, list(DISTINCT tie.listing_id ORDER BY tie.listing_id) AS tickers
    FROM store.event_tickers AS tie
    JOIN store.development_states AS held ON held.development_id = tie.development_id
    GROUP BY held.measure_id
),
told AS (
    -- What articles tell as news, not as a plan or a look back.
    SELECT
        linked.article_id,
        held.measure_id,
        string_split(split_part(held.block, ':', 1), '+') AS parties,
        step.type,
        step.status,
        step.targets,
        coalesce(step.decision_date, step.first_reported_at::DATE) AS stepped_on
    FROM store.development_mentions AS linked
    JOIN store.development_states AS held ON held.development_id = linked.development_id
    JOIN store.standing_developments AS step ON step.development_id = linked.development_id
    WHERE linked.withdrawn IS NULL
        AND step.time_frame <> 'background'
        AND step.factuality IN ('asserted', 'scheduled')
        AND step.status NOT IN ('threatened', 'proposed', 'under_negotiation')
),
deals AS (
    SELECT DISTINCT article_id, measure_id, parties, stepped_on
    FROM told
    WHERE type = 'trade_agreement' AND len(parties) > 1
        AND status IN ('announced', 'adopted', 'in_force')
),
legs AS (
    -- A party's step in days of the deal that an article tells beside it: against another party,
    -- or one that gives something.
    SELECT
        leg.measure_id,
        deal.measure_id AS part_of,
        count(DISTINCT leg.article_id) AS article_count,
        min(deal.stepped_on) AS dealt_on
    FROM deals AS deal
    JOIN told AS leg ON leg.article_id = deal.article_id
    WHERE leg.type <> 'trade_agreement'
        AND list_has_all(deal.parties, leg.parties)
        AND list_has_all(deal.parties, leg.targets)
        AND abs(date_diff('day', deal.stepped_on, leg.stepped_on)) <= 3
        AND (
            len(leg.targets) > 0
            OR leg.type IN ('offtake_agreement', 'government_investment', 'tariff_exemption')
            OR leg.status IN (
                'suspended', 'delayed', 'cut', 'narrowed', 'lifted', 'averted', 'exempted', 'extended'
            )
        )
    GROUP BY leg.measure_id, deal.measure_id
    QUALIFY row_number() OVER (
        PARTITION BY leg.measure_id ORDER BY article_count DESC, dealt_on, deal.measure_id
    ) = 1
)
SELECT
    measure.measure_id,
    measure.measure_key,
    legs.part_of,
    latest.type,
    family.family,
    measure.implementer,
    state.actors,
    state.targets,
    state.commodities,
    state.companies,
    measure.instrument_id,
    latest.status AS last_status,
    latest.status_target AS last_status_target,
    coalesce(latest.decision_date, latest.first_reported_at::DATE) AS last_step_date,
    latest.effective_on AS last_effective_on,
    latest.effective_precision AS last_effective_precision,
    latest.ends_on AS last_ends_on,
    latest.ends_precision AS last_ends_precision,
    CASE
        WHEN latest.status IN ('announced', 'adopted', 'delayed')
            AND latest.effective_on <= current_date THEN 'in_force'
        WHEN latest.status IN ('suspended', 'delayed') AND stands.ends_on < current_date
            THEN 'suspension_over'
        WHEN latest.status = 'extended' AND latest.status_target = 'suspension'
            AND stands.ends_on >= current_date THEN 'suspended'
        WHEN latest.status = 'extended' AND latest.status_target = 'suspension'
            THEN 'suspension_over'
        ELSE latest.status
    END AS status_today,
    CASE
        WHEN latest.effective_on > current_date AND (
            stands.ends_on IS NULL OR stands.ends_on < current_date
            OR latest.effective_on <= stands.ends_on
        ) THEN latest.effective_on
        WHEN stands.ends_on >= current_date THEN stands.ends_on
    END AS next_date,
    CASE next_date
        WHEN latest.effective_on THEN latest.effective_precision
        WHEN latest.ends_on THEN latest.ends_precision
    END AS next_precision,
    CASE
        WHEN latest.effective_on > current_date AND (
            stands.ends_on IS NULL OR stands.ends_on < current_date
            OR latest.effective_on <= stands.ends_on
        ) THEN 'takes effect'
        WHEN stands.ends_on >= current_date AND (
            latest.status IN ('suspended', 'delayed') OR latest.status_target = 'suspension'
        ) THEN 'returns unless prolonged'
        WHEN stands.ends_on >= current_date THEN 'ends'
    END AS next_step,
    stands.returns_on,
    state.first_step_date,
    state.decided_date,
    state.start_date,
    state.rate_value,
    state.rate_unit,
    state.statuses,
    state.status_dates,
    state.step_count,
    state.mention_count,
    state.disputed,
    coalesce(affected.tickers, []) AS tickers,
    lead.sentence AS evidence,
    source.url AS first_url,
    latest.development_id AS last_development_id,
    measure.first_seen_at,
    state.last_reported_at
FROM store.measure_states AS state
JOIN stands ON stands.measure_id = state.measure_id
JOIN store.standing_measures AS measure ON measure.measure_id = state.measure_id
JOIN store.standing_developments AS latest ON latest.development_id = state.last_development_id
LEFT JOIN legs ON legs.measure_id = state.measure_id
LEFT JOIN affected ON affected.measure_id = state.measure_id
LEFT JOIN event_families AS family ON family.type = latest.type
LEFT JOIN store.event_mentions AS lead
    ON lead.mention_id = latest.lead_mention_id
    AND lead.extractor_version = latest.extractor_version
LEFT JOIN store.articles AS source
    ON source.article_id = latest.article_id
    AND source.version = latest.article_version;

COMMENT ON VIEW measure_status IS 'One row per measure: its status today, and its next date.';
COMMENT ON COLUMN measure_status.measure_id IS 'Id of the measure.';
COMMENT ON COLUMN measure_status.measure_key IS 'Readable key: implementer and instrument, or else implementer, type, products, targets and month.';
COMMENT ON COLUMN measure_status.part_of IS 'The deal whose leg it is, a measure_id: what its parties do to one another or give in the days of the deal, told beside it; NULL when it is part of none.';
COMMENT ON COLUMN measure_status.type IS 'Type of its last step.';
COMMENT ON COLUMN measure_status.family IS 'Family of that type.';
COMMENT ON COLUMN measure_status.implementer IS 'Who decides: a country code, or the parties of an agreement joined by +.';
COMMENT ON COLUMN measure_status.actors IS 'All actors that its reports name.';
COMMENT ON COLUMN measure_status.targets IS 'All targets that its reports name.';
COMMENT ON COLUMN measure_status.commodities IS 'All commodity ids that its reports name.';
COMMENT ON COLUMN measure_status.companies IS 'All companies that its reports name, as written.';
COMMENT ON COLUMN measure_status.instrument_id IS 'The legal act that identifies it, in normal form: named by a report, or the standing one on its goods or subject; NULL when there is none.';
COMMENT ON COLUMN measure_status.last_status IS 'Status of the step that it stands at: the last one reported; a pause stands until its end whatever is only announced or planned meanwhile.';
COMMENT ON COLUMN measure_status.last_status_target IS 'What that step acts on: measure, suspension, deadline, exemption or investigation.';
COMMENT ON COLUMN measure_status.last_step_date IS 'When that step was decided, or else first reported.';
COMMENT ON COLUMN measure_status.last_effective_on IS 'When that step takes effect; NULL when not reported.';
COMMENT ON COLUMN measure_status.last_effective_precision IS 'Precision of last_effective_on: day, month, quarter or year.';
COMMENT ON COLUMN measure_status.last_ends_on IS 'When that step ends; for a suspension, when the measure returns. NULL when not reported.';
COMMENT ON COLUMN measure_status.last_ends_precision IS 'Precision of last_ends_on: day, month, quarter or year.';
COMMENT ON COLUMN measure_status.status_today IS 'last_status, updated for dates that have passed: in_force after the effective date, suspension_over when a suspension ended without further news.';
COMMENT ON COLUMN measure_status.next_date IS 'Next day on which the status changes by itself; NULL when none is known.';
COMMENT ON COLUMN measure_status.next_precision IS 'Precision of next_date: day, month, quarter or year; a period starts with its first day and ends with its last. NULL when an earlier step gave the date.';
COMMENT ON COLUMN measure_status.next_step IS 'What happens on next_date: takes effect, returns unless prolonged, or ends.';
COMMENT ON COLUMN measure_status.returns_on IS 'When a paused measure returns unless prolonged: the last end told of its pause, also if that is past; NULL when it is not paused or no report says.';
COMMENT ON COLUMN measure_status.first_step_date IS 'Date of its first known step.';
COMMENT ON COLUMN measure_status.decided_date IS 'When it was first announced, adopted or in force.';
COMMENT ON COLUMN measure_status.start_date IS 'When it started to apply, or will start.';
COMMENT ON COLUMN measure_status.rate_value IS 'Last reported rate.';
COMMENT ON COLUMN measure_status.rate_unit IS 'Unit of rate_value, such as percent.';
COMMENT ON COLUMN measure_status.statuses IS 'Statuses of its steps, in order of time.';
COMMENT ON COLUMN measure_status.status_dates IS 'Dates of these steps.';
COMMENT ON COLUMN measure_status.step_count IS 'Number of its developments.';
COMMENT ON COLUMN measure_status.mention_count IS 'Number of sentences that report them.';
COMMENT ON COLUMN measure_status.disputed IS 'True when official sources contradict each other on one of its steps.';
COMMENT ON COLUMN measure_status.tickers IS 'Affected listings, MIC:TICKER.';
COMMENT ON COLUMN measure_status.evidence IS 'The sentence that reported the last step first.';
COMMENT ON COLUMN measure_status.first_url IS 'Address of the article with that sentence.';
COMMENT ON COLUMN measure_status.last_development_id IS 'The step that it stands at; see policy_events.';
COMMENT ON COLUMN measure_status.first_seen_at IS 'When its first report reached us, UTC.';
COMMENT ON COLUMN measure_status.last_reported_at IS 'Time of its last report, UTC.';
