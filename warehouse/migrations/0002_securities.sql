-- Listed companies, what they are exposed to, and what their prices did.
-- No keys, constraints or indexes: identity is held by the MERGE statements in queries/.

-- One row per issuer; position is its place in the file it came from.
CREATE TABLE store.issuers (
    issuer_id VARCHAR,
    name VARCHAR,
    country VARCHAR,
    cik VARCHAR,
    sector VARCHAR,
    aliases VARCHAR[],
    ambiguous_aliases VARCHAR[],
    position INTEGER,
    updated_at TIMESTAMPTZ
);

-- One row per listing and time it is valid for; a ticker used again later is a row of its own.
CREATE TABLE store.listings (
    listing_id VARCHAR,
    issuer_id VARCHAR,
    mic VARCHAR,
    ticker VARCHAR,
    currency VARCHAR,
    isin VARCHAR,
    figi VARCHAR,
    valid_from DATE,
    valid_to DATE,
    source VARCHAR,
    benchmark_id VARCHAR,
    position INTEGER,
    updated_at TIMESTAMPTZ
);

-- One row per further name of an issuer.
CREATE TABLE store.company_aliases (
    issuer_id VARCHAR,
    alias VARCHAR,
    kind VARCHAR,
    gated BOOLEAN,
    keep_near VARCHAR[],
    reject_near VARCHAR[],
    updated_at TIMESTAMPTZ
);

-- One row per issuer, commodity, role and time it holds for.
CREATE TABLE store.exposures (
    issuer_id VARCHAR,
    commodity_id VARCHAR,
    role VARCHAR,
    weight DOUBLE,
    countries VARCHAR[],
    valid_from DATE,
    valid_to DATE,
    updated_at TIMESTAMPTZ
);

-- One row per cell of the signed prior: type of measure, role of the company, where it works.
CREATE TABLE store.exposure_signs (
    type VARCHAR,
    role VARCHAR,
    place VARCHAR,
    sign VARCHAR,
    reason VARCHAR,
    updated_at TIMESTAMPTZ
);

-- One row per market: whose calendar it keeps.
CREATE TABLE store.markets (
    mic VARCHAR,
    name VARCHAR,
    currency VARCHAR,
    calendar VARCHAR,
    updated_at TIMESTAMPTZ
);

-- One row per calendar and trading session.
CREATE TABLE store.sessions (
    mic VARCHAR,
    session_date DATE,
    open_at TIMESTAMPTZ,
    close_at TIMESTAMPTZ
);

-- One row per listing, session and source. close is as traded, adj_close for splits and dividends.
CREATE TABLE store.daily_bars (
    listing_id VARCHAR,
    session_date DATE,
    source VARCHAR,
    "close" DOUBLE,
    adj_close DOUBLE,
    volume DOUBLE,
    currency VARCHAR,
    fetched_at TIMESTAMPTZ
);

-- One row per split or dividend: kind is split (new shares for one old) or dividend (per share).
CREATE TABLE store.corporate_actions (
    listing_id VARCHAR,
    ex_date DATE,
    kind VARCHAR,
    "value" DOUBLE,
    currency VARCHAR,
    source VARCHAR,
    fetched_at TIMESTAMPTZ
);

-- One row per loaded price file or answer: what it held and what was odd about it.
CREATE TABLE store.price_loads (
    load_id VARCHAR,
    source VARCHAR,
    origin VARCHAR,
    row_count BIGINT,
    new_count BIGINT,
    changed_count BIGINT,
    first_date DATE,
    last_date DATE,
    warnings VARCHAR[],
    loaded_at TIMESTAMPTZ
);
