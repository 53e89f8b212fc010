-- What a later version of an article took back: why and since when, and what that did to a step.
ALTER TABLE store.development_mentions ADD COLUMN withdrawn VARCHAR;
ALTER TABLE store.development_mentions ADD COLUMN withdrawn_at TIMESTAMPTZ;
ALTER TABLE store.developments ADD COLUMN change_reason VARCHAR;
ALTER TABLE store.developments ADD COLUMN correction_id VARCHAR;
