-- Fingerprints by which a syndicated copy is told from a report of its own.

-- One row per article whose text was looked at; fingerprint is NULL for a text too short to tell.
CREATE TABLE store.article_prints (
    article_id VARCHAR,
    first_seen_at TIMESTAMPTZ,
    fingerprint UINTEGER[]
);
