-- One row per article version to index next, numbered after those already indexed.
CREATE OR REPLACE TEMP TABLE search_batch AS
SELECT
    row_number() OVER (ORDER BY kept.article_id, kept.version)
        + coalesce((SELECT max(document_no) FROM store.search_documents), 0) AS document_no,
    kept.article_id,
    kept.version,
    -- The title says what a text is about: its words count three times.
    concat_ws(' ', held.title, held.title, held.title, kept.text) AS words
FROM store.article_texts AS kept
JOIN store.articles AS held ON held.article_id = kept.article_id AND held.version = kept.version
ANTI JOIN store.search_documents AS done
    ON done.article_id = kept.article_id AND done.version = kept.version
LIMIT $limit;
