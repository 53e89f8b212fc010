-- One row per article that tells a mention of the batch.
INSERT INTO store.unlinked BY NAME
SELECT DISTINCT given.article_id FROM mention_batch AS given WHERE given.told;
