-- One row per article of the batch in a language we read: its newest version.
INSERT INTO store.unread BY NAME
SELECT given.article_id, given.version, given.first_seen_at, NULL AS refused_by
FROM article_batch AS given
WHERE given.language IS NULL OR given.language = 'en' OR given.language LIKE 'en-%'
QUALIFY row_number() OVER (PARTITION BY given.article_id ORDER BY given.version DESC) = 1;
