-- History read after the fact: what was asked for, how far it got, and what raises no alert.

-- One row per backfill or re-extraction; the same order given again is the same row.
-- kind: archive, stored or reextract. predicate: the operator's SQL over `articles`.
CREATE TABLE store.backfills (
    backfill_id VARCHAR,
    kind VARCHAR,
    source VARCHAR,
    feed_id VARCHAR,
    from_date DATE,
    to_date DATE,
    predicate VARCHAR,
    extractor_version VARCHAR,
    alerts BOOLEAN,
    started_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ
);

-- One row per piece of a backfill that is stored whole; append-only.
CREATE TABLE store.backfill_chunks (
    backfill_id VARCHAR,
    chunk INTEGER,
    article_count INTEGER,
    held_count INTEGER,
    mention_count INTEGER,
    reject_count INTEGER,
    done_at TIMESTAMPTZ
);

-- One row per article version that is history: a development told by such reports alone raises
-- no alert.
CREATE TABLE store.quiet_reports (
    article_id VARCHAR,
    version INTEGER,
    backfill_id VARCHAR,
    recorded_at TIMESTAMPTZ
);
