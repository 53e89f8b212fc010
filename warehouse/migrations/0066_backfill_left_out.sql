-- One row per piece of a backfill that left records out: how many, and of the refused where each
-- stands and why. Both lists go in step and may be cut short; the counts are whole.
CREATE TABLE store.backfill_left_out (
    backfill_id VARCHAR,
    chunk INTEGER,
    passed_count INTEGER,
    refused_count INTEGER,
    places VARCHAR[],
    reasons VARCHAR[]
);
