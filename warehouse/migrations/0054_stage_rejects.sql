-- One row per thing that a stage after reading could not work on: the pass went on without it.
-- stage: link (item_id is an article), tickers (a development), copies (an article), index (none).
CREATE TABLE store.stage_rejects (
    stage VARCHAR,
    item_id VARCHAR,
    article_id VARCHAR,
    reason VARCHAR,
    rejected_at TIMESTAMPTZ
);
