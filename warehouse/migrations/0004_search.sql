-- Full text search: an inverted index that grows with each load and is never rebuilt as a whole.

-- One row per article version in the index, numbered in the order in which they were indexed.
CREATE TABLE store.search_documents (
    document_no INTEGER,
    article_id VARCHAR,
    version INTEGER,
    term_count INTEGER
);

-- One row per term and document, sorted by term within each load.
CREATE TABLE store.search_postings (
    term VARCHAR,
    document_no INTEGER,
    occurrences USMALLINT
);
