-- The core tables: feeds and their ledger, articles, what was extracted, and what it was linked to.
-- No keys, constraints, indexes or enumerations: DuckLake has none, so identity is held by the
-- MERGE and anti-join statements in queries/. All times are UTC. A missing value is NULL.

-- One row per pass of a flow.
CREATE TABLE store.runs (
    run_id VARCHAR,
    flow VARCHAR,
    started_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    outcome VARCHAR,
    detail VARCHAR
);

-- One row per feed_id of the operator's list, as it was last loaded.
CREATE TABLE store.feeds (
    feed_id VARCHAR,
    name VARCHAR,
    url VARCHAR,
    kind VARCHAR,
    publisher VARCHAR,
    category VARCHAR,
    language VARCHAR,
    country VARCHAR,
    poll_minutes INTEGER,
    trust_tier INTEGER,
    enabled BOOLEAN,
    full_text BOOLEAN,
    allow_private BOOLEAN,
    poll_max_minutes INTEGER,
    terms VARCHAR,
    note VARCHAR,
    listed BOOLEAN,
    updated_at TIMESTAMPTZ
);

-- One row per feed_id: what the next request needs to know.
CREATE TABLE store.feed_states (
    feed_id VARCHAR,
    url VARCHAR,
    etag VARCHAR,
    last_modified VARCHAR,
    next_check_at TIMESTAMPTZ,
    redirect_url VARCHAR,
    redirect_count INTEGER,
    failure_count INTEGER,
    retired BOOLEAN,
    listed_url VARCHAR,
    interval_s DOUBLE,
    ttl_s DOUBLE,
    hold_until TIMESTAMPTZ,
    body_digest VARCHAR
);

-- One row per attempt at one feed; append-only.
CREATE TABLE store.fetches (
    fetch_id VARCHAR,
    feed_id VARCHAR,
    run_id VARCHAR,
    url VARCHAR,
    started_at TIMESTAMPTZ,
    duration_s DOUBLE,
    outcome VARCHAR,
    status INTEGER,
    body_bytes BIGINT,
    entry_count INTEGER,
    new_count INTEGER,
    changed_count INTEGER,
    retry_count INTEGER,
    bozo VARCHAR,
    error VARCHAR,
    next_check_at TIMESTAMPTZ,
    next_check_reason VARCHAR,
    notes VARCHAR[]
);

-- One row per version of an article. first_seen_at is the article's, the same in every version;
-- fetched_at is the version's.
CREATE TABLE store.articles (
    article_id VARCHAR,
    version INTEGER,
    feed_id VARCHAR,
    guid VARCHAR,
    url VARCHAR,
    canonical_url VARCHAR,
    title VARCHAR,
    text_digest VARCHAR,
    entry_digest VARCHAR,
    text_length INTEGER,
    text_source VARCHAR,
    language VARCHAR,
    published_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    fetched_at TIMESTAMPTZ,
    first_seen_at TIMESTAMPTZ,
    date_flag VARCHAR
);

-- One row per version whose text is still held; dropped by retention, the article stays.
CREATE TABLE store.article_texts (
    article_id VARCHAR,
    version INTEGER,
    text VARCHAR
);

-- One row per article that was found to be a copy; copies of one text share group_id.
CREATE TABLE store.article_copies (
    article_id VARCHAR,
    group_id VARCHAR,
    recorded_at TIMESTAMPTZ
);

-- One row per version of an article and version of the extractor that read it; append-only.
CREATE TABLE store.extractions (
    article_id VARCHAR,
    version INTEGER,
    extractor_version VARCHAR,
    extracted_at TIMESTAMPTZ,
    event_count INTEGER,
    entity_count INTEGER,
    reject VARCHAR
);

-- One row per article version that was read again and whose lives are not linked anew yet.
CREATE TABLE store.rereads (
    article_id VARCHAR,
    version INTEGER
);

-- One row per name found in a text by one version of the extractor; append-only.
CREATE TABLE store.entity_mentions (
    article_id VARCHAR,
    article_version INTEGER,
    extractor_version VARCHAR,
    field VARCHAR,
    start_char INTEGER,
    end_char INTEGER,
    text VARCHAR,
    label VARCHAR,
    entity_id VARCHAR
);

-- One row per mention: a span that reports one step of one measure; append-only.
-- first_seen_at is when the article version that holds it was first fetched.
CREATE TABLE store.event_mentions (
    mention_id VARCHAR,
    article_id VARCHAR,
    article_version INTEGER,
    field VARCHAR,
    start_char INTEGER,
    end_char INTEGER,
    trigger VARCHAR,
    sentence VARCHAR,
    sentence_start INTEGER,
    type VARCHAR,
    status VARCHAR,
    status_target VARCHAR,
    factuality VARCHAR,
    time_frame VARCHAR,
    polarity VARCHAR,
    retaliation BOOLEAN,
    source_type VARCHAR,
    source_text VARCHAR,
    actors VARCHAR[],
    targets VARCHAR[],
    actor_texts VARCHAR[],
    target_texts VARCHAR[],
    agencies VARCHAR[],
    product_texts VARCHAR[],
    commodities VARCHAR[],
    company_texts VARCHAR[],
    rates STRUCT("text" VARCHAR, "value" DOUBLE, unit VARCHAR, basis VARCHAR, "role" VARCHAR)[],
    amounts STRUCT("text" VARCHAR, "value" DOUBLE, unit VARCHAR, kind VARCHAR)[],
    dates STRUCT("role" VARCHAR, "text" VARCHAR, "date" VARCHAR)[],
    duration VARCHAR,
    instrument VARCHAR,
    instrument_id VARCHAR,
    condition VARCHAR,
    is_lead BOOLEAN,
    confidence DOUBLE,
    rule VARCHAR,
    missing STRUCT(argument VARCHAR, reason VARCHAR)[],
    extractor_version VARCHAR,
    first_seen_at TIMESTAMPTZ,
    published_at TIMESTAMPTZ,
    extracted_at TIMESTAMPTZ
);

-- One row per revision of a measure; append-only, the highest revision counts.
CREATE TABLE store.measures (
    measure_id VARCHAR,
    revision INTEGER,
    measure_key VARCHAR,
    type VARCHAR,
    implementer VARCHAR,
    product_bucket VARCHAR,
    target_bucket VARCHAR,
    instrument_id VARCHAR,
    first_seen_at TIMESTAMPTZ,
    retracted BOOLEAN,
    digest VARCHAR,
    recorded_at TIMESTAMPTZ
);

-- One row per revision of a development; append-only, the highest revision counts.
-- retracted: the reports it rested on are told otherwise now (superseded_by: what took them up).
-- Dates with a precision are text as the source gave it: YYYY, YYYY-MM, YYYY-Qn or YYYY-MM-DD.
CREATE TABLE store.developments (
    development_id VARCHAR,
    revision INTEGER,
    measure_id VARCHAR,
    type VARCHAR,
    status VARCHAR,
    status_class VARCHAR,
    status_target VARCHAR,
    factuality VARCHAR,
    time_frame VARCHAR,
    polarity VARCHAR,
    novelty VARCHAR,
    novelty_score DOUBLE,
    decision_date DATE,
    decision_precision VARCHAR,
    decision_basis VARCHAR,
    first_seen_at TIMESTAMPTZ,
    first_reported_at TIMESTAMPTZ,
    lead_mention_id VARCHAR,
    article_id VARCHAR,
    article_version INTEGER,
    extractor_version VARCHAR,
    actors VARCHAR[],
    targets VARCHAR[],
    commodities VARCHAR[],
    products VARCHAR[],
    companies VARCHAR[],
    rate_value DOUBLE,
    rate_unit VARCHAR,
    amount_value DOUBLE,
    amount_unit VARCHAR,
    amount_kind VARCHAR,
    effective_date VARCHAR,
    effective_on DATE,
    end_date VARCHAR,
    ends_on DATE,
    duration VARCHAR,
    instrument VARCHAR,
    instrument_ids VARCHAR[],
    retaliation BOOLEAN,
    stage_of VARCHAR,
    disputed BOOLEAN,
    retracted BOOLEAN,
    superseded_by VARCHAR,
    digest VARCHAR,
    recorded_at TIMESTAMPTZ
);

-- One row per development that stands: its counts, and where linking goes on from.
CREATE TABLE store.development_states (
    development_id VARCHAR,
    measure_id VARCHAR,
    block VARCHAR,
    last_reported_at TIMESTAMPTZ,
    source_count INTEGER,
    mention_count INTEGER,
    confidence DOUBLE,
    index_keys VARCHAR[],
    state VARCHAR
);

-- One row per measure that stands: its life as its firm developments tell it, kept up by linking.
CREATE TABLE store.measure_states (
    measure_id VARCHAR,
    last_development_id VARCHAR,
    first_step_date DATE,
    decided_date DATE,
    start_date DATE,
    rate_value DOUBLE,
    rate_unit VARCHAR,
    statuses VARCHAR[],
    status_dates DATE[],
    step_count INTEGER,
    mention_count INTEGER,
    disputed BOOLEAN,
    actors VARCHAR[],
    targets VARCHAR[],
    commodities VARCHAR[],
    companies VARCHAR[],
    last_reported_at TIMESTAMPTZ
);

-- One row per part of a linked mention: the development it reports now, and how new it was.
CREATE TABLE store.development_mentions (
    mention_id VARCHAR,
    part INTEGER,
    development_id VARCHAR,
    article_id VARCHAR,
    publisher VARCHAR,
    novelty VARCHAR,
    novelty_score DOUBLE,
    extractor_version VARCHAR,
    first_seen_at TIMESTAMPTZ,
    reported_at TIMESTAMPTZ,
    recorded_at TIMESTAMPTZ
);

-- One row per development, listing, way they are linked and commodity between them.
CREATE TABLE store.event_tickers (
    development_id VARCHAR,
    listing_id VARCHAR,
    link VARCHAR,
    commodity_id VARCHAR,
    role VARCHAR,
    sign VARCHAR,
    relevance INTEGER,
    why VARCHAR,
    recorded_at TIMESTAMPTZ
);

-- One row per development whose tickers were worked out: the revision they were worked out for.
CREATE TABLE store.ticker_passes (
    development_id VARCHAR,
    revision INTEGER,
    recorded_at TIMESTAMPTZ
);

-- One row per thing that looks odd in a life as it stands: what a person should look at.
CREATE TABLE store.review_queue (
    review_id VARCHAR,
    kind VARCHAR,
    development_id VARCHAR,
    measure_id VARCHAR,
    reason VARCHAR,
    created_at TIMESTAMPTZ
);

-- One row per ruling of a person, append-only. confirm: subject is a finding, it is all right;
-- merge: the subject measure is the object measure; split: the subject development is a measure
-- of its own. `applied`: lives were linked anew under it.
CREATE TABLE store.review_decisions (
    decision_id VARCHAR,
    action VARCHAR,
    subject_id VARCHAR,
    object_id VARCHAR,
    decided_by VARCHAR,
    reason VARCHAR,
    applied BOOLEAN,
    decided_at TIMESTAMPTZ
);

-- One row per mention that a ruling is about: mentions of one group share a measure.
CREATE TABLE store.pins (
    mention_id VARCHAR,
    pin_group VARCHAR,
    apart BOOLEAN,
    block VARCHAR,
    decision_id VARCHAR
);
