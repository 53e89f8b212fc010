-- One row per term and document of search_batch, sorted by term.
INSERT INTO store.search_postings BY NAME
SELECT term, document_no, least(count(*), 65535) AS occurrences
FROM (SELECT document_no, unnest(search_terms(words)) AS term FROM search_batch)
GROUP BY term, document_no
ORDER BY term, document_no;
