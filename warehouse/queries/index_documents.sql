-- One row per article version in search_batch.
INSERT INTO store.search_documents BY NAME
SELECT
    document_no, article_id, version,
    len(search_terms(words)) AS term_count
FROM search_batch;
