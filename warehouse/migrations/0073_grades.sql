-- How well a step is attested (rumour, reported, confirmed) and its earliest official report; of a
-- report, what it alone is worth. NULL in what was stored before, and of what is only denied.
ALTER TABLE store.developments ADD COLUMN grade VARCHAR;
ALTER TABLE store.developments ADD COLUMN official_source VARCHAR;
ALTER TABLE store.developments ADD COLUMN official_article_id VARCHAR;
ALTER TABLE store.developments ADD COLUMN official_seen_at TIMESTAMPTZ;
ALTER TABLE store.developments ADD COLUMN official_reported_at TIMESTAMPTZ;
ALTER TABLE store.development_mentions ADD COLUMN grade VARCHAR;
