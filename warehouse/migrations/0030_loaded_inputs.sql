-- One row per input of the market stage: the digest of what was loaded of it last.
CREATE TABLE store.loaded_inputs (
    input VARCHAR,
    digest VARCHAR,
    loaded_at TIMESTAMPTZ
);
